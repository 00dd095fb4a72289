// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import io.skep.broker.admin.AdminCommand;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.extension.LoadedExtension;
import io.skep.broker.hook.HookChains;
import io.skep.broker.hook.HookPlace;
import io.skep.broker.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * Tells which extensions there are, and in which order their hooks are asked. With {@code look} the folder is looked at
 * before, and with {@code reload} an extension, or each if it is empty, is started anew.
 */
final class ExtensionsCommand implements AdminCommand {

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final ExtensionHost extensions;
    private final HookChains hooks;

    ExtensionsCommand(ExtensionHost extensions, HookChains hooks) {
        this.extensions = extensions;
        this.hooks = hooks;
    }

    @Override
    public JsonObject run(JsonObject request) throws InterruptedException {
        boolean done = true;
        if (request.has("reload")) {
            done = reload(request.text("reload"));
        } else if (request.has("look") && request.flag("look")) {
            done = extensions.look(PATIENCE);
        }
        return new JsonObject()
                .put("folder", extensions.folder())
                .put("done", done)
                .put(
                        "extensions",
                        extensions.loaded().stream()
                                .map(ExtensionsCommand::described)
                                .toList())
                .put(
                        "hooks",
                        hooks.places().stream()
                                .map(ExtensionsCommand::described)
                                .toList());
    }

    private boolean reload(String id) throws InterruptedException {
        List<String> ids =
                extensions.loaded().stream().map(LoadedExtension::id).distinct().toList();
        if (!id.isEmpty() && !ids.contains(id)) {
            throw JsonObject.wrong("extension", id, ids.isEmpty() ? "one, but there is none" : "one of " + ids);
        }
        return extensions.reload(id.isEmpty() ? null : id, PATIENCE);
    }

    private static JsonObject described(LoadedExtension extension) {
        return new JsonObject()
                .put("id", extension.id())
                .put("version", extension.version())
                .put(
                        "state",
                        switch (extension.state()) {
                            case STARTED -> "runs";
                            case FAILED -> "failed";
                            case DISABLED -> "disabled";
                        })
                .put("file", extension.file())
                .put("why", extension.failure());
    }

    private static JsonObject described(HookPlace hook) {
        return new JsonObject()
                .put("kind", hook.kind())
                .put("extension", hook.extension())
                .put("order", hook.order())
                .put("topicFilter", hook.topicFilter());
    }
}
