// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.skep.broker.config.ConfigProblem.Origin;
import io.skep.broker.config.Node.Entry;
import io.skep.broker.config.Node.Mapping;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads a YAML file into nodes and puts environment variables in; says where each piece stands. */
final class YamlReader {

    private static final YAMLFactory YAML = new YAMLFactory();

    // ${NAME} or ${NAME:default}; $${ is a plain ${
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\$\\{)|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?}");

    private final Map<String, String> environment;
    private final List<ConfigProblem> problems;
    private final Set<String> variablesUsed = new HashSet<>();
    private String source = "";

    YamlReader(Map<String, String> environment, List<ConfigProblem> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    /** {@return names of the environment variables that the file asks for} */
    Set<String> variablesUsed() {
        return variablesUsed;
    }

    /** {@return the file's top level; empty where the file is empty or cannot be read, which is reported} */
    Mapping read(Path file) {
        source = file.toString();
        var nothing = new Mapping(new LinkedHashMap<>(), new Origin(source, 1, 1));
        try (YAMLParser parser = YAML.createParser(text(file))) {
            if (parser.nextToken() == null) {
                return nothing;
            }
            Node root = node(parser, "");
            if (parser.nextToken() != null) {
                report(origin(parser), "", "a second document", "one document");
            }
            if (root instanceof Mapping mapping) {
                return mapping;
            }
            if (!(root instanceof Node.Nothing)) {
                report(root.origin(), "", root.found(), "keys with values");
            }
        } catch (JacksonException e) {
            reportSyntax(e);
        } catch (CharacterCodingException e) {
            report(new Origin(source, 0, 0), "", "bytes that are no text", "UTF-8");
        } catch (IOException e) {
            report(new Origin(source, 0, 0), "", "not readable", "a file that can be read");
        }
        return nothing;
    }

    private static String text(Path file) throws IOException {
        String text = Files.readString(file);
        return text.startsWith("\uFEFF") ? text.substring(1) : text; // as some editors begin a file
    }

    private Node node(YAMLParser parser, String path) throws IOException {
        Origin origin = origin(parser);
        if (parser.isCurrentAlias()) {
            return faulty(origin, path, "*" + parser.getText(), "a value; aliases are not understood");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(parser, path, origin);
            case START_ARRAY -> sequence(parser, path, origin);
            case VALUE_NULL -> new Node.Nothing(origin);
            default -> scalar(parser.getText(), path, origin);
        };
    }

    private Mapping mapping(YAMLParser parser, String path, Origin origin) throws IOException {
        var entries = new LinkedHashMap<String, Entry>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Origin keyOrigin = origin(parser);
            String keyPath = path.isEmpty() ? key : path + "." + key;
            parser.nextToken();
            Entry first = entries.putIfAbsent(key, new Entry(keyOrigin, node(parser, keyPath)));
            if (first != null) {
                String expected =
                        "the key once; it is also in line " + first.key().line();
                report(keyOrigin, keyPath, "the same key again", expected);
            }
        }
        return new Mapping(entries, origin);
    }

    private Node sequence(YAMLParser parser, String path, Origin origin) throws IOException {
        var items = new ArrayList<Node>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(parser, path + "[" + items.size() + "]"));
        }
        return new Node.Sequence(items, origin);
    }

    private Node scalar(String text, String path, Origin origin) {
        Matcher matcher = VARIABLE.matcher(text);
        var result = new StringBuilder();
        boolean faulty = false;
        while (matcher.find()) {
            String value = matcher.group(1) == null ? variable(matcher.group(2), matcher.group(3)) : matcher.group(1);
            if (value == null) {
                report(origin, path, matcher.group(), "an environment variable that is set, or ${NAME:default}");
                faulty = true;
            }
            matcher.appendReplacement(result, Matcher.quoteReplacement(String.valueOf(value)));
        }
        return faulty
                ? new Node.Faulty(origin)
                : new Node.Scalar(matcher.appendTail(result).toString(), origin);
    }

    private @Nullable String variable(String name, @Nullable String fallback) {
        variablesUsed.add(name);
        String value = environment.get(name);
        return value == null ? fallback : value;
    }

    private Node faulty(Origin origin, String path, String found, String expected) {
        report(origin, path, found, expected);
        return new Node.Faulty(origin);
    }

    private void report(Origin origin, String path, String found, String expected) {
        problems.add(new ConfigProblem(origin, path, found, expected));
    }

    private void reportSyntax(JacksonException e) {
        if (e.getCause() instanceof MarkedYAMLException marked) {
            Mark mark = marked.getProblemMark();
            report(new Origin(source, mark.getLine() + 1, mark.getColumn() + 1), "", marked.getProblem(), "YAML");
        } else {
            String message = e.getOriginalMessage().lines().findFirst().orElse("a syntax error");
            report(new Origin(source, 0, 0), "", message, "YAML");
        }
    }

    private Origin origin(YAMLParser parser) {
        JsonLocation location = parser.currentTokenLocation();
        return new Origin(source, location.getLineNr(), location.getColumnNr());
    }
}
