// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.publish;

import java.util.Objects;

/** What becomes of a message on its way to one client. There is no later: see {@link DeliveryInterceptor}. */
public sealed interface DeliveryAnswer {

    /** Goes on as it is, to the next interceptor. */
    enum Pass implements DeliveryAnswer {
        /** The only one. */
        PASS
    }

    /**
     * Goes on changed, to the next interceptor.
     *
     * @param publish made by a {@code with} method of the intercepted one; its QoS stays that of the delivery
     */
    record Change(Publish publish) implements DeliveryAnswer {

        /** Checks that there is a publish. */
        public Change {
            Objects.requireNonNull(publish, "publish");
        }
    }

    /** This client does not get it; others do. */
    enum Drop implements DeliveryAnswer {
        /** The only one. */
        DROP
    }

    /** {@return goes on as it is} */
    static DeliveryAnswer pass() {
        return Pass.PASS;
    }

    /**
     * {@return goes on changed}
     *
     * @param publish made by a {@code with} method of the intercepted one
     */
    static DeliveryAnswer change(Publish publish) {
        return new Change(publish);
    }

    /** {@return this client does not get it} */
    static DeliveryAnswer drop() {
        return Drop.DROP;
    }
}
