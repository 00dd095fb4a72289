// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that keeps what operators should read. */
final class Warnings extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1;

    private final transient List<String> lines = new CopyOnWriteArrayList<>();

    /** {@return the texts of warnings and errors} */
    List<String> lines() {
        return lines;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String message,
            Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        if (level == Level.WARN || level == Level.ERROR) {
            lines.add(MessageFormatter.basicArrayFormat(message, arguments));
        }
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }
}
