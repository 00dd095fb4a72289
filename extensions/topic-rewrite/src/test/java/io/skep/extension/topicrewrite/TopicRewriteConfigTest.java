// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.topicrewrite.TopicRewriteConfig.Rule;
import io.skep.sdk.auth.Action;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRewriteConfigTest {

    @Test
    void aRuleHoldsForAllUnlessItSaysMore() {
        assertThat(new Rule("a/+", "b/$1", List.of(), false).actions()).containsExactly(Action.values());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "         | b        | false | from: none (expected: a topic filter)",
                "a        |          | false | to: none",
                "a/#/b    | b        | false | from: topic filter: 'a/#/b' (expected: # alone in the last level)",
                "$share/g/a | b      | false | from: $share/g/a (expected: no group",
                "a/+      | ''       | false | to: '' (expected: a topic without wildcards",
                "a/+      | b/+      | false | to: 'b/+' (expected: a topic without wildcards",
                "a/+      | $share/g/b | false | to: $share/g/b (expected: no group",
                "a/+      | b/$2     | false | to: $2 (expected: one of the wildcards of from, of which there are 1)",
                "a        | b/$0     | false | to: $0 (expected: one of the wildcards of from, of which there are 0)",
                "a/+/+    | b/$1     | true  | restore: true (expected: each wildcard of from once in to",
                "a/+      | b/$1/$1  | true  | restore: true (expected",
                "a/+      | b/x-$1   | true  | restore: true (expected",
                "a/#      | b/$1/c   | true  | restore: true (expected"
            })
    void aWrongRuleIsNamedWithWhatIsExpected(String from, String to, boolean restore, String message) {
        assertThatThrownBy(() -> new Rule(from, to, List.of(), restore))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void moreRulesThanCanBeComparedQuicklyAreRefused() {
        Rule rule = new Rule("a", "b", List.of(), false);
        assertThatThrownBy(() -> new TopicRewriteConfig(Collections.nCopies(1_001, rule)))
                .hasMessage("rules: 1001 (expected: up to 1000)");
    }
}
