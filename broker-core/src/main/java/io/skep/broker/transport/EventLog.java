// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.Channel;

/** One line for each connection that a fault ended. Whatever clients put into their names, it stays one line. */
final class EventLog {

    private static final int TEXT_MAX = 300;

    private EventLog() {}

    /**
     * Notes an end.
     *
     * @param who has ended
     * @param reason in a word
     * @param text what was wrong
     */
    static void closed(String who, Channel channel, String reason, String text) {
        Reception.EVENTS.info("closed: {} from {}: {}: {}", line(who), Peer.address(channel), reason, line(text));
    }

    /** {@return a text, from outside perhaps, as the part of a line} */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(TEXT_MAX).map(c -> isPrintable(c) ? c : '?').forEach(line::appendCodePoint);
        return text.length() > line.length() ? line + "..." : line.toString();
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
