// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.Unpooled;
import io.skep.sdk.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The rows of {@code client-packets.txt}. */
final class PacketTable {

    static final int PACKET_BYTES_MAX = 1_000;

    private PacketTable() {}

    /** One packet, the version spoken before it, and what the decoder is to make of it. */
    record Row(int line, String version, String text, byte[] bytes, String outcome) {

        boolean isRefused() {
            String reason = outcome.split(" ", 2)[0];
            return List.of(ReasonCode.values()).stream()
                    .anyMatch(known -> known.name().equals(reason));
        }

        /** A decoder that has heard the CONNECT of this row's version. */
        PacketDecoder decoder() {
            PacketDecoder decoder = new PacketDecoder(PACKET_BYTES_MAX);
            if (!version.equals("-")) {
                byte[] connect = Wire.bytes(connect());
                decoder.decode(Unpooled.wrappedBuffer(connect), new Transcript());
            }
            return decoder;
        }

        private String connect() {
            return switch (version) {
                case "3.1" -> "10 [ 'MQIsdp' 03 02 0000 'a' ]";
                case "3.1.1" -> "10 [ 'MQTT' 04 02 0000 'a' ]";
                case "3.1.1b" -> "10 [ 'MQTT' 84 02 0000 'a' ]";
                case "5.0" -> "10 [ 'MQTT' 05 02 0000 [ ] 'a' ]";
                default -> throw new IllegalArgumentException("version: " + version);
            };
        }

        @Override
        public String toString() {
            return "line " + line + ": " + version + " " + text;
        }
    }

    static List<Row> rows() {
        try (InputStream in = PacketTable.class.getResourceAsStream("client-packets.txt")) {
            List<String> lines =
                    new String(requireNonNull(in).readAllBytes(), UTF_8).lines().toList();
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#")) {
                    rows.add(row(i + 1, lines.get(i).split("\\|")));
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Row> accepted() {
        return rows().stream().filter(row -> !row.isRefused()).toList();
    }

    static List<Row> refused() {
        return rows().stream().filter(Row::isRefused).toList();
    }

    private static Row row(int line, String[] fields) {
        String text = fields[1].strip();
        return new Row(line, fields[0].strip(), text, Wire.bytes(text), fields[2].strip());
    }
}
