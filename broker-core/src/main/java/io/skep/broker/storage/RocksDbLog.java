// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Looks where the log of a RocksDB database is damaged. The log is a row of blocks, a block a row of fragments, a batch
 * one or more fragments that do not cross its end. After damage the next fragment is wherever a checksum is right
 * again. Batches are written and synced one after the other: if a batch begins behind the damage, what is damaged had
 * been synced. If none does, only the last batch is hurt, which nobody was told of.
 */
final class RocksDbLog {

    private static final int BLOCK_BYTES = 32 << 10;

    private static final Pattern NAME = Pattern.compile("\\d+\\.log");

    /** A fragment begins with its checksum, length and kind. */
    private static final int KIND_OFFSET = Integer.BYTES + Short.BYTES;

    private static final int HEADER_BYTES = KIND_OFFSET + Byte.BYTES;

    private static final int WHOLE_BATCH = 1;
    private static final int FIRST_OF_BATCH = 2;

    private boolean damaged;
    private boolean batchBehindDamage;

    private RocksDbLog() {}

    /** {@return whether the last batch of all logs, and nothing else of them, is damaged} */
    static boolean isTorn(Path folder) throws IOException {
        RocksDbLog found = new RocksDbLog();
        for (Path file : filesOf(folder)) {
            found.examine(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        }
        return found.damaged && !found.batchBehindDamage;
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(RocksDbLog::numberOf))
                    .toList();
        }
    }

    private static long numberOf(Path file) {
        return Long.parseLong(file.getFileName().toString().replace(".log", ""));
    }

    private void examine(ByteBuffer log) {
        for (int block = 0; block < log.limit(); block += BLOCK_BYTES) {
            examineBlock(log, block, Math.min(block + BLOCK_BYTES, log.limit()));
        }
    }

    private void examineBlock(ByteBuffer log, int start, int end) {
        int at = start;
        while (end - at >= HEADER_BYTES) { // a shorter rest is filler
            int next = at + HEADER_BYTES + Short.toUnsignedInt(log.getShort(at + KIND_OFFSET - Short.BYTES));
            if (next > end || log.getInt(at) != checksum(log, at + KIND_OFFSET, next)) {
                damaged = true;
                at++; // a damaged length does not say where the next begins
            } else {
                int kind = log.get(at + KIND_OFFSET);
                batchBehindDamage |= damaged && (kind == WHOLE_BATCH || kind == FIRST_OF_BATCH);
                at = next;
            }
        }
    }

    private static int checksum(ByteBuffer log, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(log.slice(from, to - from));
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8; // RocksDB never stores a checksum plain
    }
}
