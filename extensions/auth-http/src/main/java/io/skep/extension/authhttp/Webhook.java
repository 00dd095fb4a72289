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
        ByteBuffer key = cache.key(uri.toString(), question);
        Decision known = cache.get(key);
        return known != null
                ? known
                : Decision.later(server.ask(uri, question).thenApply(body -> {
                    Answer answer = Answer.parse(body, subject);
                    cache.put(key, answer.decision(), answer.cacheFor(), body.length);
                    return answer.decision();
                }));
    }
}
