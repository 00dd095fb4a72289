// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

/** A recipient that only is somebody. */
record Named(String name) implements Recipient {

    @Override
    public void deliver(Publication publication, Subscription subscription) {
        throw new IllegalStateException("message: one (expected: none, in a test of matching)");
    }

    @Override
    public void execute(Runnable step) {
        throw new IllegalStateException("step: one (expected: none, in a test of matching)");
    }

    @Override
    public String clientId() {
        return name;
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isDurable() {
        return false;
    }
}
