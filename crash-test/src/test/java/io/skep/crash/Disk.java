// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A disk that can be full. */
interface Disk extends AutoCloseable {

    /** {@return where the broker's data is} */
    Path data();

    /** {@return what the broker has to be started with} */
    Map<String, String> environment();

    void fill() throws IOException;

    void free() throws IOException;

    @Override
    void close() throws IOException;

    /** {@return whether this user may mount a disk} */
    static boolean canMount() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /** A small file system in memory. Only root can have it. */
    static Disk mounted(Path parent, int megabytes) throws IOException {
        Path disk = Files.createDirectories(parent.resolve("disk"));
        Tool.run("mount", "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "skep-crash-test", disk.toString());
        Path data = Files.createDirectory(disk.resolve("data"));
        Path filler = disk.resolve("filler");
        return new Disk() {
            @Override
            public Path data() {
                return data;
            }

            @Override
            public Map<String, String> environment() {
                return Map.of("JAVA_OPTS", BrokerProcess.options(parent.resolve("logs")));
            }

            @Override
            public void fill() throws IOException {
                try (OutputStream bytes = Files.newOutputStream(filler)) {
                    while (true) {
                        bytes.write(new byte[4096]);
                    }
                } catch (IOException e) {
                    if (disk.toFile().getUsableSpace() > 0) {
                        throw e;
                    }
                }
            }

            @Override
            public void free() throws IOException {
                Files.delete(filler);
            }

            @Override
            public void close() throws IOException {
                Tool.run("umount", "mount", disk.toString());
            }
        };
    }

    /** The disk that the test is on, with a library between that says it were full. */
    static Disk pretended(Path parent) throws IOException {
        PowerCut power = PowerCut.prepare(parent);
        return new Disk() {
            @Override
            public Path data() {
                return power.folder();
            }

            @Override
            public Map<String, String> environment() {
                return power.environment(Duration.ZERO);
            }

            @Override
            public void fill() throws IOException {
                Files.createFile(power.full());
            }

            @Override
            public void free() throws IOException {
                Files.delete(power.full());
            }

            @Override
            public void close() {
                // nothing is left but files
            }
        };
    }
}
