// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import com.fasterxml.jackson.jr.ob.JSON;
import io.skep.sdk.Client;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the server is asked, as JSON. Equal questions are equal bytes, for the cache. */
final class Questions {

    private Questions() {}

    static byte[] login(Login login) {
        Map<String, Object> question = client(login.client());
        byte[] password = login.password();
        if (password != null) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(password))
                        .toString();
                question.put("password", text);
            } catch (CharacterCodingException e) {
                question.put("password-base64", Base64.getEncoder().encodeToString(password));
            }
        }
        return json(question);
    }

    static byte[] operation(Client client, Operation operation) {
        Map<String, Object> question = client(client);
        question.put("action", operation.action().name().toLowerCase(Locale.ROOT));
        question.put("topic", operation.topic());
        question.put("qos", operation.qos().ordinal());
        question.put("retain", operation.retain());
        return json(question);
    }

    /** What is not there is left out. The port of the client is left out, too: it is another one each time. */
    private static Map<String, Object> client(Client client) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("client-id", client.id());
        if (client.userName() != null) {
            question.put("user-name", client.userName());
        }
        question.put("address", client.address().getHostString());
        question.put(
                "protocol",
                switch (client.version()) {
                    case V3_1 -> "3.1";
                    case V3_1_1 -> "3.1.1";
                    case V5_0 -> "5.0";
                });
        question.put("listener", client.listener());
        if (!client.certificates().isEmpty()) {
            question.put(
                    "certificate-subject",
                    client.certificates().get(0).getSubjectX500Principal().getName());
        }
        return question;
    }

    private static byte[] json(Map<String, Object> question) {
        try {
            return JSON.std.asBytes(question);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is written but memory
        }
    }
}
