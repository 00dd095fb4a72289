// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A subscriber in a process, which writes a line for each message. */
final class ProgramSubscriber implements Subscriber {

    static final Pattern SUBSCRIBED = Pattern.compile("Subscribed.*");
    private static final Pattern MESSAGE = Pattern.compile("message ([012]) ([01]) (\\S+) (.*)");

    private final Program program;

    ProgramSubscriber(Program program) {
        this.program = program;
    }

    @Override
    public Message next() throws InterruptedException {
        Matcher line = program.await(MESSAGE);
        return new Message(
                line.group(3),
                line.group(4),
                Integer.parseInt(line.group(1)),
                line.group(2).equals("1"));
    }

    @Override
    public void close() {
        try (program) {
            program.terminate();
            program.exitCode();
        }
    }
}
