// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.skep.broker.config.MqttConfig.SharedStrategy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The members of one {@code $share/name/filter}. Each message goes to one of them: the strategy says where to begin,
 * and who cannot take it now is passed over. Members change under the tree's lock; choosing reads without.
 */
final class SharedGroup {

    private final String name;
    private final AtomicInteger turn = new AtomicInteger(); // of round robin, or the place of the sticky one
    private volatile Subscription[] members = new Subscription[0];
    private volatile @Nullable GroupQueue queue;

    SharedGroup(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    List<Subscription> members() {
        return List.of(members);
    }

    boolean isEmpty() {
        return members.length == 0;
    }

    /** {@return whether messages are kept for one of the members at least} */
    boolean isDurable() {
        for (Subscription member : members) {
            if (member.recipient().isDurable()) {
                return true;
            }
        }
        return false;
    }

    /** {@return where messages wait; null as long as none had to} */
    @Nullable GroupQueue queue() {
        return queue;
    }

    void queue(GroupQueue made) {
        queue = made;
    }

    void put(Subscription subscription) {
        Subscription[] old = members;
        for (int i = 0; i < old.length; i++) {
            if (old[i].recipient() == subscription.recipient()) {
                Subscription[] changed = old.clone();
                changed[i] = subscription;
                members = changed;
                return;
            }
        }
        Subscription[] more = Arrays.copyOf(old, old.length + 1);
        more[old.length] = subscription;
        members = more;
    }

    void remove(Recipient recipient) {
        Subscription[] old = members;
        for (int i = 0; i < old.length; i++) {
            if (old[i].recipient() == recipient) {
                Subscription[] fewer = Arrays.copyOf(old, old.length - 1);
                System.arraycopy(old, i + 1, fewer, i, fewer.length - i);
                members = fewer;
                if (i < turn.get()) {
                    turn.decrementAndGet(); // the places behind moved down, and the sticky one with them
                }
                return;
            }
        }
    }

    /**
     * {@return who gets a message: who is ready; else, for one of QoS 0, who is connected, or anybody; null if there is
     * nobody}
     *
     * @param publisher null if it is not known any more
     */
    @Nullable Subscription choose(SharedStrategy strategy, Topic topic, @Nullable Recipient publisher) {
        Subscription[] all = members;
        Subscription best = null;
        int first = all.length == 0 ? 0 : Math.floorMod(start(strategy, topic, publisher), all.length);
        for (int i = 0; i < all.length; i++) {
            int place = first + i < all.length ? first + i : first + i - all.length;
            Subscription member = all[place];
            if (member.recipient().isReady()) {
                if (i > 0 && strategy == SharedStrategy.STICKY) {
                    turn.set(place);
                }
                return member;
            }
            if (best == null
                    || (member.recipient().isConnected() && !best.recipient().isConnected())) {
                best = member;
            }
        }
        return best;
    }

    private int start(SharedStrategy strategy, Topic topic, @Nullable Recipient publisher) {
        return switch (strategy) {
            case ROUND_ROBIN -> turn.getAndIncrement();
            case RANDOM -> ThreadLocalRandom.current().nextInt(1 << 30);
            case STICKY -> turn.get();
            case HASH_TOPIC -> Levels.mix(topic.hash());
            case HASH_CLIENT ->
                publisher == null
                        ? turn.getAndIncrement()
                        : Levels.mix(publisher.clientId().hashCode());
        };
    }
}
