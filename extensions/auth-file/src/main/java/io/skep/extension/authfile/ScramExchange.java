// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.authfile.Directory.Account;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator.Exchange;
import io.skep.sdk.auth.Login;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of SCRAM-SHA-256, without channel binding: two messages of the client and two of the server. Who is
 * unknown goes the same way and fails at its end. Lives on the client's event loop.
 */
final class ScramExchange implements Exchange {

    /** The header (binding flag, authorization identity), then user name and nonce; what follows is ignored. */
    private static final Pattern CLIENT_FIRST =
            Pattern.compile("([ny],(?:a=([^,]+))?,)(n=([^,]+),r=([\\x21-\\x2B\\x2D-\\x7E]+)(?:,.*)?)");

    private static final Pattern CLIENT_FINAL = Pattern.compile("(c=([^,]+),r=([^,]+)(?:,.+)?),p=([A-Za-z0-9+/]{43}=)");
    private static final Pattern STRAY_EQUALS = Pattern.compile("=(?!2C|3D)");

    private final Login login;
    private final Function<String, Candidate> candidates;
    private final String serverNonce;
    private @Nullable Question question;

    /**
     * Who wants to be a user.
     *
     * @param account null if there is none, or none with a verifier
     * @param verifier a decoy without an account
     */
    record Candidate(String userName, @Nullable Account account, ScramVerifier verifier) {}

    /** What was asked, and what the answer has to contain. */
    private record Question(Candidate candidate, String header, String nonce, String messages) {}

    /**
     * An exchange with a client.
     *
     * @param candidates by user name
     * @param serverNonce printable, without a comma, never used before
     */
    ScramExchange(Login login, Function<String, Candidate> candidates, String serverNonce) {
        this.login = login;
        this.candidates = candidates;
        this.serverNonce = serverNonce;
    }

    @Override
    public AuthAnswer answer(byte[] data) {
        String message;
        try {
            message = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            return malformed("UTF-8");
        }
        return question == null ? ask(message) : judge(message, question);
    }

    private AuthAnswer ask(String message) {
        Matcher first = CLIENT_FIRST.matcher(message);
        if (!first.matches() || STRAY_EQUALS.matcher(first.group(4)).find()) {
            return malformed("n,,n=<user>,r=<nonce>");
        }
        String asked = first.group(4);
        String authorized = first.group(2);
        if (authorized != null && !authorized.equals(asked)) {
            return AuthAnswer.deny(ReasonCode.NOT_AUTHORIZED, "SCRAM: nobody may act for another user");
        }
        Candidate candidate = candidates.apply(asked.replace("=2C", ",").replace("=3D", "="));
        String nonce = first.group(5) + serverNonce;
        String reply = "r=" + nonce
                + ",s="
                + Base64.getEncoder().encodeToString(candidate.verifier().salt())
                + ",i=" + candidate.verifier().iterations();
        question = new Question(candidate, first.group(1), nonce, first.group(3) + "," + reply);
        return AuthAnswer.goOn(reply.getBytes(StandardCharsets.UTF_8));
    }

    private AuthAnswer judge(String message, Question asked) {
        Matcher last = CLIENT_FINAL.matcher(message);
        String binding = Base64.getEncoder().encodeToString(asked.header().getBytes(StandardCharsets.UTF_8));
        if (!last.matches() || !last.group(2).equals(binding) || !last.group(3).equals(asked.nonce())) {
            return malformed("c=<header>,r=<nonce>,p=<proof>");
        }
        String authMessage = asked.messages() + "," + last.group(1);
        Candidate candidate = asked.candidate();
        boolean proven = candidate.verifier().proves(Base64.getDecoder().decode(last.group(4)), authMessage);
        if (!proven || candidate.account() == null) {
            return AuthAnswer.deny();
        }
        return admit(candidate.account(), candidate.verifier().signature(authMessage));
    }

    private AuthAnswer admit(Account account, byte[] signature) {
        String claimed = login.client().userName();
        if (claimed != null && !claimed.equals(account.name())) {
            return AuthAnswer.deny(
                    ReasonCode.NOT_AUTHORIZED, "user name: '" + claimed + "' (expected: none, or that of SCRAM)");
        }
        Decision decision = account.admit(login.client().id());
        if (decision instanceof Decision.Allow allow) {
            String reply = "v=" + Base64.getEncoder().encodeToString(signature);
            return AuthAnswer.allow(allow.permissions(), reply.getBytes(StandardCharsets.UTF_8));
        }
        return decision instanceof Decision.Deny deny ? AuthAnswer.deny(deny.reason(), deny.text()) : AuthAnswer.deny();
    }

    private static AuthAnswer malformed(String expected) {
        return AuthAnswer.deny(ReasonCode.NOT_AUTHORIZED, "SCRAM: malformed message (expected: " + expected + ")");
    }
}
