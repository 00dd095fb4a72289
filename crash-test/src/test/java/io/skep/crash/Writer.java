// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;

/** A process that does to the files of its folder what it reads, a step a line, and waits to be killed. */
final class Writer {

    private final Path folder;

    private Writer(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        Writer writer = new Writer(Path.of(arguments[0]));
        try (Scanner steps = new Scanner(System.in, US_ASCII)) {
            while (steps.hasNextLine()) {
                writer.step(List.of(steps.nextLine().split(" ", -1)));
                System.out.println("done");
            }
        }
    }

    private void step(List<String> words) throws IOException {
        Path file = folder.resolve(words.get(1));
        String last = words.get(words.size() - 1);
        switch (words.get(0).toLowerCase(Locale.ROOT)) {
            case "append" -> Files.writeString(file, last, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            case "overwrite" -> overwrite(file, last);
            case "gather" -> gather(file, last);
            case "cut" -> truncate(file, Integer.parseInt(last));
            case "sync" -> PowerCut.sync(file);
            case "rename" -> Files.move(file, folder.resolve(last), StandardCopyOption.ATOMIC_MOVE);
            case "socket" ->
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
            case "folder" -> Files.createDirectory(file);
            case "remove" -> Files.delete(file);
            default -> throw new IllegalArgumentException(words.toString());
        }
    }

    /** At the beginning, with pwrite. */
    private static void overwrite(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)), 0);
        }
    }

    /** At the end, with writev. */
    private static void gather(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.position(channel.size());
            ByteBuffer[] parts = {ByteBuffer.wrap(text.getBytes(US_ASCII)), ByteBuffer.wrap(new byte[] {'.'})};
            channel.write(parts);
        }
    }

    private static void truncate(Path file, int size) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(size);
        }
    }
}
