// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.slf4j.Logger;

/** A JAR as an author makes it: compiled from source against the SDK and nothing else of the broker. */
public final class ExtensionJar {

    private static final String IMPORTS =
            "import io.skep.sdk.*; import io.skep.sdk.auth.*; import io.skep.sdk.event.*; import io.skep.sdk.publish.*; import io.skep.sdk.storage.*; import java.io.*;"
                    + " import java.nio.charset.*; import java.nio.file.*; import java.util.*; import java.util.concurrent.*; ";

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final StringBuilder classPath = new StringBuilder(location(Extension.class) + ":" + location(Logger.class));

    /** {@return a JAR with the three entries that an extension needs} */
    public static ExtensionJar extension(String id, String className) {
        return new ExtensionJar()
                .manifest("Plugin-Id", id)
                .manifest("Plugin-Version", "1.0.0")
                .manifest("Plugin-Class", className);
    }

    static ExtensionJar library() {
        return new ExtensionJar();
    }

    public ExtensionJar manifest(String name, String value) {
        manifest.put(name, value);
        return this;
    }

    /** Adds a class; its package, and imports that all of them need, are put before its source. */
    public ExtensionJar source(String className, String source) {
        String packageName = className.substring(0, className.lastIndexOf('.'));
        sources.put(className, "package " + packageName + ";" + IMPORTS + source);
        return this;
    }

    public ExtensionJar compiledWith(Path jar) {
        classPath.append(':').append(jar);
        return this;
    }

    public Path write(Path jar) throws IOException {
        Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), ".classes");
        compile(classes);
        Manifest entries = new Manifest();
        entries.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(entries.getMainAttributes()::putValue);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, entries);
                Stream<Path> files = Files.walk(classes)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
                Files.copy(path, out);
            }
        }
        return jar;
    }

    private void compile(Path classes) {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> options = List.of("-proc:none", "-d", classes.toString(), "-cp", classPath.toString());
        List<JavaFileObject> units = sources.entrySet().stream()
                .<JavaFileObject>map(source -> new Source(source.getKey(), source.getValue()))
                .collect(Collectors.toList());
        boolean compiled =
                compiler.getTask(complaints, null, null, options, null, units).call();
        assertThat(compiled).as(complaints.toString()).isTrue();
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
