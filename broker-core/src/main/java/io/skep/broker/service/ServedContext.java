// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.sdk.ExtensionContext;
import io.skep.sdk.service.BrokerFacts;
import io.skep.sdk.service.Clients;
import io.skep.sdk.service.ConnectionAttributes;
import io.skep.sdk.service.KeyValueStore;
import io.skep.sdk.service.Meters;
import io.skep.sdk.service.Publisher;
import io.skep.sdk.service.RetainedMessages;
import io.skep.sdk.service.SessionAttributes;
import io.skep.sdk.service.Sessions;
import io.skep.sdk.service.Subscriptions;
import java.util.concurrent.CompletionStage;

/** The context of an extension with the services of a running broker. */
public interface ServedContext extends ExtensionContext {

    /** {@return the services of this extension} */
    ExtensionServices services();

    @Override
    default Publisher publisher() {
        return services().publisher();
    }

    @Override
    default Clients clients() {
        return services().clients();
    }

    @Override
    default Sessions sessions() {
        return services().sessions();
    }

    @Override
    default Subscriptions subscriptions() {
        return services().subscriptions();
    }

    @Override
    default RetainedMessages retained() {
        return services().retained();
    }

    @Override
    default KeyValueStore store() {
        return services().store();
    }

    @Override
    default ConnectionAttributes connectionAttributes() {
        return services().connectionAttributes();
    }

    @Override
    default SessionAttributes sessionAttributes() {
        return services().sessionAttributes();
    }

    @Override
    default Meters meters() {
        return services().meters();
    }

    @Override
    default CompletionStage<BrokerFacts> broker() {
        return services().broker();
    }
}
