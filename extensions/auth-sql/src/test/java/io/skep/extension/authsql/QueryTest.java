// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

    @Test
    void placeholdersBecomeQuestionMarksInTheirOrder() {
        Query query = Query.parse("q", "SELECT :userName FROM t WHERE a=:clientId AND b IN (:userName,:address)");

        assertThat(query.sql()).isEqualTo("SELECT ? FROM t WHERE a=? AND b IN (?,?)");
        assertThat(query.parameters())
                .containsExactly(
                        Placeholder.USER_NAME, Placeholder.CLIENT_ID, Placeholder.USER_NAME, Placeholder.ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT ':userName, it''s :me' FROM t",
                "SELECT \"a:me\" FROM t",
                "SELECT a::text, b :: integer FROM t",
                "SELECT a -- :me\n FROM t",
                "SELECT a /* :me\n:you */ FROM t",
                "SELECT a[1:2] FROM t WHERE time = '12:30'",
            })
    void whatOnlyLooksLikeAPlaceholderStays(String text) {
        assertThat(Query.parse("q", text)).isEqualTo(new Query("q", text, List.of()));
    }

    @Test
    void aPlaceholderThatNobodyKnowsIsNamed() {
        assertThatThrownBy(() -> Query.parse("user-query", "SELECT :username"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("user-query: ':username' (expected: :clientId, :userName, :address, :listener)");
    }
}
