// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

/** What a program can be asked, or told. */
public enum HookKind {
    /** Who may connect. */
    AUTHENTICATE(Wire.Hook.HOOK_AUTHENTICATE),
    /** Who may publish and subscribe where. */
    AUTHORIZE(Wire.Hook.HOOK_AUTHORIZE),
    /** What becomes of a message that a client publishes. */
    PUBLISH(Wire.Hook.HOOK_PUBLISH),
    /** What has happened. */
    EVENTS(Wire.Hook.HOOK_EVENTS),
    /** What becomes of a CONNECT, before it is decided on. */
    CONNECT(Wire.Hook.HOOK_CONNECT),
    /** What becomes of a subscription. */
    SUBSCRIBE(Wire.Hook.HOOK_SUBSCRIBE),
    /** What becomes of the end of a subscription. */
    UNSUBSCRIBE(Wire.Hook.HOOK_UNSUBSCRIBE),
    /** Who may connect by an authentication method. */
    ENHANCED_AUTHENTICATE(Wire.Hook.HOOK_ENHANCED_AUTHENTICATE);

    private final Wire.Hook wire;

    HookKind(Wire.Hook wire) {
        this.wire = wire;
    }

    Wire.Hook wire() {
        return wire;
    }
}
