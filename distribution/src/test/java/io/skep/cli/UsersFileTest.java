// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersFileTest {

    private static final String HASH = "$pbkdf2-sha512$i=1$c2FsdA$aGFzaA";

    @TempDir
    Path folder;

    /** {@code |} stands for a new line, {@code @} for the quoted hash. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "`` ; users:|  ann:|    password: @|",
                "# all| ; # all|users:|  ann:|    password: @|",
                "roles: {} ; roles: {}|users:|  ann:|    password: @|",
                "users:|roles: {} ; users:|  ann:|    password: @|roles: {}",
                "users: # all| ; users: # all|  ann:|    password: @|",
                "users: {} ; users: {ann: {password: @}}",
                "users: {bob: {password: x}} ; users: {ann: {password: @}, bob: {password: x}}",
                "users:|    # the first|    bob:|        password: x|"
                        + " ; users:|    # the first|    ann:|      password: @|    bob:|        password: x|",
                "users:|  ann:|    roles: [a] # old| ; users:|  ann:|    password: @|    roles: [a] # old|",
                "users:|  ann:|  bob: {} ; users:|  ann:|    password: @|  bob: {}",
                "users:|  ann:|    password: 'old' # 𝄞|    roles: [a]|"
                        + " ; users:|  ann:|    password: @ # 𝄞|    roles: [a]|",
                "# 𝄞|users:|  ann: {roles: [], password: old} ; # 𝄞|users:|  ann: {roles: [], password: @}",
                "users:|  ann:|    password:|    roles: [] ; users:|  ann:|    password: @|    roles: []",
            })
    void onlyThePasswordChanges(String before, String after) {
        assertThat(UsersFile.put(lines(before), "ann", "password", HASH)).isEqualTo(lines(after));
    }

    @Test
    void aNameOfAnyKindIsQuoted() {
        String text = UsersFile.put("", "a \"b\": c\\#", "password", HASH);
        assertThat(text).contains("\"a \\\"b\\\": c\\\\#\":");
        assertThat(UsersFile.put(text, "a \"b\": c\\#", "password", HASH)).isEqualTo(text);
    }

    @Test
    void aVerifierStandsBesideThePassword() {
        String text = UsersFile.put("", "ann", "password", "p");
        assertThat(UsersFile.put(text, "ann", "scram", "s"))
                .isEqualTo("users:\n  ann:\n    scram: \"s\"\n    password: \"p\"\n");
    }

    @Test
    void whatCannotBeChangedIsLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("users.yaml"), "users: [ann, bob]\n");
        assertThatThrownBy(() -> UsersFile.put(file, "ann", "password", HASH)).isInstanceOf(IOException.class);
        assertThat(file).hasContent("users: [ann, bob]\n");

        Files.writeString(file, "users: {\n");
        assertThatThrownBy(() -> UsersFile.put(file, "ann", "password", HASH)).hasMessageContaining("users.yaml");
        assertThat(file).hasContent("users: {\n");
        assertThat(folder).isDirectoryContaining("glob:**users.yaml");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void aNewFileIsForItsOwnerOnlyAndAnOldOneKeepsItsPermissions() throws IOException {
        Path file = folder.resolve("users.yaml");
        UsersFile.put(file, "ann", "password", HASH);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        UsersFile.put(file, "bob", "password", HASH);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    /** Computed with another implementation: {@code hashlib.pbkdf2_hmac} of Python. */
    @Test
    void theHashIsPbkdf2WithHmacSha512() {
        byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        assertThat(PasswordHash.of("pässword".toCharArray(), 1_000, salt))
                .isEqualTo("$pbkdf2-sha512$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$20MTVzg/n3H4pkj"
                        + "P7rPbs9uXGvJYlRG4j32EBHiNeegrbijWGjc63LMIJzA0jtIUGL4tJ0FCjR9uzA3gQvH7WA");
    }

    /**
     * The password and salt of the example in RFC 7677; keys computed with {@code hashlib} and {@code hmac} of Python.
     */
    @Test
    void theVerifierIsThatOfScramSha256() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ");
        assertThat(ScramVerifier.of("pencil".toCharArray(), 4_096, salt))
                .isEqualTo(
                        "$scram-sha-256$i=4096$W22ZaJ0SNY7soEsUEjb6gQ$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY$wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU");
    }

    /** The examples of RFC 4013. */
    @Test
    void passwordsAreComparedAsSaslprepMakesThem() {
        assertThat(ScramVerifier.prepare("I\u00ADX")).isEqualTo("IX");
        assertThat(ScramVerifier.prepare("user")).isEqualTo("user");
        assertThat(ScramVerifier.prepare("\u00AA")).isEqualTo("a");
        assertThat(ScramVerifier.prepare("\u2168")).isEqualTo("IX");
        assertThat(ScramVerifier.prepare("a\u00A0b")).isEqualTo("a b");
        assertThatThrownBy(() -> ScramVerifier.prepare("\u0007"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("password: (expected: characters without control characters)");
    }

    private static String lines(String text) {
        return text.replace("|", "\n").replace("@", '"' + HASH + '"');
    }
}
