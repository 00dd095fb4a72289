// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.authhttp.Answer.Subject;
import io.skep.sdk.auth.Decision;
import java.net.URI;
import java.nio.ByteBuffer;

/**
 * A URL that decides: the cache answers at once, the server later.
 *
 * @param subject what it is asked about
 */
record Webhook(URI uri, Subject subject, Server server, AnswerCache cache) {

    Decision ask(byte[] question) {
        Decision known = cache.isEmpty() ? null : cache.get(key(question));
        return known != null
                ? known
                : Decision.later(server.ask(uri, question).thenApply(body -> {
                    Answer answer = Answer.parse(body, subject);
                    if (!answer.cacheFor().isZero()) {
                        cache.put(key(question), answer.decision(), answer.cacheFor(), body.length);
                    }
                    return answer.decision();
                }));
    }

    /** A digest, which a caller on an event loop does not need if there is nothing to find. */
    private ByteBuffer key(byte[] question) {
        return cache.key(uri.toString(), question);
    }
}
