// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.config.MqttConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.routing.Router;
import io.skep.broker.session.SessionRegistry;
import io.skep.broker.storage.Journal;
import io.skep.broker.transport.Reception;
import io.skep.sdk.service.BrokerFacts;

/** What services are made of, once the broker runs. */
public record Core(
        MqttConfig mqtt,
        SessionRegistry sessions,
        Router router,
        Journal journal,
        HookChains hooks,
        Reception reception,
        BrokerFacts facts) {}
