// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process with the classes of the test. */
public final class ChildJvm {

    private ChildJvm() {}

    public static Process start(Class<?> main, String... arguments) throws IOException {
        return start(List.of(), main, arguments);
    }

    /** Starts it by a shell that first runs a command of its own, for instance a limit. */
    static Process startLimited(String shellCommand, Class<?> main, String... arguments) throws IOException {
        return start(List.of("sh", "-c", shellCommand + " && exec \"$@\"", "sh"), main, arguments);
    }

    private static Process start(List<String> prefix, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(
                List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
