// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.skep.sdk.publish.Publish;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishViewTest {

    private final Publish publish = PublishView.of(new Message(new byte[] {'a'}, new byte[0], null, 0, false, 0));

    @ParameterizedTest
    @ValueSource(strings = {"", "a/+", "#", "a\0b"})
    void anInvalidTopicIsAnIllegalArgumentAndChangesNothing(String topic) {
        assertThatIllegalArgumentException().isThrownBy(() -> publish.withTopic(topic));
        assertThatIllegalArgumentException().isThrownBy(() -> publish.withResponse(topic, null));
        assertThat(publish.topic()).isEqualTo("a");
    }

    @Test
    void aCopyHasTheOtherTopic() {
        assertThat(publish.withTopic("b/c").topic()).isEqualTo("b/c");
    }
}
