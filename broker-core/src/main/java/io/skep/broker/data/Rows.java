// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way through the rows of a keyspace: page by page, so that the visitor may use the storage. */
final class Rows {

    private static final int PAGE_ROWS_MAX = 512;
    private static final int PAGE_BYTES_MAX = 4 << 20;
    private static final byte[] FIRST = {0};

    private record Row(byte[] key, byte[] value) {}

    private Rows() {}

    /** Gets each row. */
    @FunctionalInterface
    interface Visitor {
        void visit(byte[] key, byte[] value) throws IOException;
    }

    static void all(Storage storage, Keyspace keyspace, Visitor visitor) throws IOException {
        range(storage, keyspace, FIRST, null, visitor);
    }

    static void range(Storage storage, Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor)
            throws IOException {
        byte[] start = from;
        while (true) {
            Page page = new Page();
            storage.scan(keyspace, start, to, page);
            for (Row row : page.rows) {
                visitor.visit(row.key, row.value);
            }
            if (!page.isFull()) {
                return;
            }
            byte[] last = page.rows.get(page.rows.size() - 1).key;
            start = Arrays.copyOf(last, last.length + 1); // the next key that there can be
        }
    }

    private static final class Page implements Storage.Visitor {

        private final List<Row> rows = new ArrayList<>();
        private int bytes;

        @Override
        public boolean visit(byte[] key, byte[] value) {
            rows.add(new Row(key, value));
            bytes += key.length + value.length;
            return !isFull();
        }

        boolean isFull() {
            return rows.size() >= PAGE_ROWS_MAX || bytes >= PAGE_BYTES_MAX;
        }
    }
}
