// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.routing.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A row of places, part of which is on disk only. */
final class PositionsTest {

    private final Positions positions = new Positions();

    @Test
    void whatIsStoredLeavesMemoryAndWhatIsNotStays() {
        List<Entry> entries = append(5);
        Entry unstored = unstored(5);
        positions.append(unstored);
        append(2);
        positions.sink(2);
        assertThat(positions.isSplit()).isTrue();
        assertThat(positions.at(1)).isSameAs(entries.get(1));
        assertThat(positions.at(2)).isSameAs(Entry.ON_DISK);
        assertThat(positions.at(4)).isSameAs(Entry.ON_DISK);
        assertThat(positions.at(5)).isSameAs(unstored);
        assertThat(positions.tail()).isEqualTo(8);
    }

    @Test
    void theGapGrowsWhenWhatIsBehindItIsStored() {
        append(3);
        positions.append(unstored(3));
        append(2);
        positions.sink(0);
        positions.set(3, stored(3));
        positions.sink(0);
        assertThat(positions.diskFrom()).isZero();
        assertThat(positions.diskTo()).isEqualTo(6);
        positions.append(unstored(6));
        assertThat(positions.tail()).isEqualTo(7);
    }

    @Test
    void whatIsReadFromDiskComesBackBetweenWhatWasInMemory() {
        append(3);
        Entry last = unstored(3);
        positions.append(last);
        positions.sink(1);
        Entry read = stored(1);
        positions.load(1, read);
        assertThat(positions.isSplit()).isTrue();
        positions.load(2, stored(2));
        assertThat(positions.isSplit()).isFalse();
        assertThat(positions.at(1)).isSameAs(read);
        assertThat(positions.at(3)).isSameAs(last);
        assertThat(positions.tail()).isEqualTo(4);
    }

    @Test
    void placesThatTheDiskDoesNotHaveAreEmpty() {
        positions.begin(10, 100);
        assertThat(positions.base()).isEqualTo(10);
        positions.load(50, stored(50));
        assertThat(positions.base()).isEqualTo(50);
        positions.load(53, stored(53));
        positions.fill(100);
        assertThat(positions.isSplit()).isFalse();
        assertThat(positions.tail()).isEqualTo(100);
        assertThat(positions.at(51)).isNull();
        assertThat(positions.at(99)).isNull();
    }

    @Test
    void theIdentifierOfAPlaceIsTheSameBeforeAndAfterTheDisk() {
        positions.begin(65_530, 65_540);
        Entry late = stored(65_536);
        positions.load(65_536, late);
        assertThat(positions.of(Positions.id(65_536), 65_537)).isEqualTo(65_536);
        assertThat(positions.of(Positions.id(65_536), 65_536)).isEqualTo(-1);
        assertThat(positions.isIdFree(65_536 + 65_535)).isFalse();
    }

    private List<Entry> append(int count) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Entry entry = stored(positions.tail());
            positions.append(entry);
            entries.add(entry);
        }
        return entries;
    }

    private static Entry stored(long position) {
        return unstored(position).found(Entry.Phase.WAITING);
    }

    private static Entry unstored(long position) {
        return new Entry(null, position, new Message(new byte[] {'t'}, new byte[1], null, 1, false, 0), 1, false, null);
    }
}
