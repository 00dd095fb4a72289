// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where an attribute of a session is: among what extensions keep, but under the number of the session, with which it
 * goes. The byte that its key begins with is in no id of an extension.
 *
 * @param session number of its session
 * @param extension id of whose it is
 * @param name given by the extension
 */
public record SessionAttribute(long session, String extension, String name) {

    private static final byte MARK = 1;
    private static final int ID_AT = 1 + Long.BYTES;

    /** All keys of attributes are from here. */
    static final byte[] FIRST = {MARK};

    /** And before this. */
    static final byte[] END = {MARK + 1};

    public byte[] key() {
        return concatenate(prefix(session, extension), name.getBytes(UTF_8));
    }

    /** {@return what the keys of a session begin with} */
    public static byte[] prefix(long session) {
        return ByteBuffer.allocate(ID_AT).put(MARK).putLong(session).array();
    }

    /** {@return what the keys of a session and an extension begin with} */
    public static byte[] prefix(long session, String extension) {
        return concatenate(prefix(session), (extension + '\0').getBytes(UTF_8));
    }

    /** {@return whether a key of {@link Keyspace#EXTENSIONS} is that of an attribute} */
    public static boolean is(byte[] key) {
        return key.length > 0 && key[0] == MARK;
    }

    /** {@return the session of an attribute's key} */
    public static long session(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1);
    }

    static byte[] withinSession(byte[] key) {
        return Arrays.copyOfRange(key, 1, key.length);
    }

    public static SessionAttribute read(byte[] key) {
        int end = ID_AT;
        while (end < key.length && key[end] != 0) {
            end++;
        }
        if (end >= key.length) {
            throw new IllegalStateException("key of an attribute: (expected: extension and name)");
        }
        String extension = new String(key, ID_AT, end - ID_AT, UTF_8);
        return new SessionAttribute(session(key), extension, new String(key, end + 1, key.length - end - 1, UTF_8));
    }

    static void deleteAll(WriteBatch batch, long session) {
        batch.deleteRange(Keyspace.EXTENSIONS, prefix(session), prefix(session + 1));
    }

    private static byte[] concatenate(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
