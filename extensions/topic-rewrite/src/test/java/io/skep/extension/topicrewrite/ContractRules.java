// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import java.util.List;

/** The rules with which contracts are kept. */
final class ContractRules {

    static final String CONFIG = """
            rules:
              - {from: old/+/data/#, to: new/$1/$2}
              - {from: own/#, to: users/%u/$1, restore: true}
            """;

    static final List<String> FILTERS =
            List.of("old/a/data/#", "own/#", "own/mood", "$share/g/old/+/data/b", "elsewhere");

    private ContractRules() {}
}
