// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Changes one password in a YAML file and leaves every other character as it is, comments included: the parser only
 * says where the change belongs.
 */
final class UsersFile {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.@-]*");

    private UsersFile() {}

    /**
     * Puts what checks a password into a file.
     *
     * @param key {@code password} or {@code scram}
     * @return whether the user had one before
     */
    static boolean put(Path file, String user, String key, String hash) throws IOException {
        String before = Files.exists(file) ? Files.readString(file) : "";
        try {
            String after = put(before, user, key, hash);
            replace(file, after);
            return value(before, user, key) != null;
        } catch (IllegalArgumentException | YAMLException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    static String put(String text, String user, String key, String hash) {
        String after = change(text, user, key, '"' + hash + '"');
        if (!(value(after, user, key) instanceof ScalarNode value)
                || !value.getValue().equals(hash)) {
            throw new IllegalArgumentException("users: written in an unusual way (expected: one user below the other)");
        }
        return after;
    }

    private static String change(String text, String user, String key, String hash) {
        String entry = key + ": " + hash;
        String name = PLAIN.matcher(user).matches()
                ? user
                : '"' + user.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        NodeTuple users = child(root(text), "users");
        if (users == null) {
            String separator = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
            return text + separator + "users:\n  " + name + ":\n    " + entry + "\n";
        }
        NodeTuple known = child(users.getValueNode(), user);
        if (known == null) {
            return add(text, users, List.of(name + ":", "  " + entry), name + ": {" + entry + "}");
        }
        NodeTuple old = child(known.getValueNode(), key);
        if (old == null) {
            return add(text, known, List.of(entry), entry);
        }
        int start = index(text, old.getValueNode().getStartMark());
        int end = index(text, old.getValueNode().getEndMark());
        String space = start == end ? " " : ""; // an empty value starts right behind the colon
        return text.substring(0, start) + space + hash + text.substring(end);
    }

    /** Puts a new first entry into the group of a key, in the group's own style. */
    private static String add(String text, NodeTuple group, List<String> lines, String inBraces) {
        if (group.getValueNode() instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.FLOW) {
            int start = index(text, mapping.getStartMark()) + 1;
            return insert(text, start, inBraces + (mapping.getValue().isEmpty() ? "" : ", "));
        }
        if (group.getValueNode() instanceof MappingNode mapping) {
            Mark first = mapping.getValue().get(0).getKeyNode().getStartMark();
            String indent = "\n" + " ".repeat(first.getColumn());
            return insert(text, index(text, first), String.join(indent, lines) + indent);
        }
        Mark key = group.getKeyNode().getStartMark();
        String indent = "\n" + " ".repeat(key.getColumn() + 2);
        int lineEnd = text.indexOf('\n', index(text, key));
        return insert(text, lineEnd < 0 ? text.length() : lineEnd, indent + String.join(indent, lines));
    }

    private static String insert(String text, int at, String what) {
        return text.substring(0, at) + what + text.substring(at);
    }

    private static @Nullable Node value(String text, String user, String key) {
        NodeTuple users = child(root(text), "users");
        NodeTuple known = users == null ? null : child(users.getValueNode(), user);
        NodeTuple value = known == null ? null : child(known.getValueNode(), key);
        return value == null ? null : value.getValueNode();
    }

    private static @Nullable Node root(String text) {
        return new Yaml().compose(new StringReader(text));
    }

    private static @Nullable NodeTuple child(@Nullable Node parent, String key) {
        if (!(parent instanceof MappingNode mapping)) {
            return null;
        }
        return mapping.getValue().stream()
                .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key))
                .findFirst()
                .orElse(null);
    }

    /** The parser counts code points. */
    private static int index(String text, Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    /** A reader sees the old file or the new one, which has the owner and the permissions of the old one. */
    private static void replace(Path file, String text) throws IOException {
        Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path next = Files.createTempFile(real.getParent(), real.getFileName().toString(), ".new");
        try {
            Files.writeString(next, text);
            var target = Files.getFileAttributeView(next, PosixFileAttributeView.class);
            if (target != null && Files.exists(real)) {
                PosixFileAttributes attributes = Files.readAttributes(real, PosixFileAttributes.class);
                target.setOwner(attributes.owner());
                target.setGroup(attributes.group());
                target.setPermissions(attributes.permissions());
            }
            Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
