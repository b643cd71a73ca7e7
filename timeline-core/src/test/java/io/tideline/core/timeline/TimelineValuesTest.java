package io.tideline.core.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimelineValuesTest {
    @Test
    void sequenceId_negative_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SequenceId.of(-1))
                .withMessage("seq: -1 (expected: 0 or more)");
    }

    @Test
    void sequenceId_arithmetic_stopsAtItsEnds() {
        SequenceId greatest = SequenceId.of(Long.MAX_VALUE);

        assertThat(SequenceId.NONE.next()).isEqualTo(SequenceId.FIRST);
        assertThat(SequenceId.of(5).plus(3)).isEqualTo(SequenceId.of(8));
        assertThat(SequenceId.of(5).plus(-5)).isEqualTo(SequenceId.NONE);
        assertThat(SequenceId.of(5).plus(Long.MIN_VALUE)).isEqualTo(SequenceId.NONE);
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(greatest::next);
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> greatest.plus(1));
    }

    @Test
    void sequenceId_order_isNumeric() {
        SequenceId nine = SequenceId.of(9);
        SequenceId ten = SequenceId.of(10);

        assertThat(nine).isLessThan(ten);
        assertThat(ten.isAfter(nine)).isTrue();
        assertThat(nine.isAfter(nine)).isFalse();
        assertThat(nine.max(ten)).isEqualTo(ten);
        assertThat(ten.max(nine)).isEqualTo(ten);
        assertThat(ten).hasToString("10");
        assertThat(SequenceId.NONE.isNone()).isTrue();
        assertThat(SequenceId.FIRST.isNone()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void family_code_isItsOwn(TimelineFamily family) {
        assertThat(TimelineFamily.ofCode(family.code())).isEqualTo(family);
        assertThat(family.code()).isBetween(1, 127);
    }

    /** Codes stand in row keys: a change here would lose every timeline. */
    @Test
    void family_codes_areForEver() {
        assertThat(TimelineFamily.values())
                .extracting(family -> family.name() + "=" + family.code())
                .containsExactly("CONVERSATION=1", "INBOX=2", "PERSONAL=3", "REGISTRY=4");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 5, 127})
    void family_unknownCode_isRefused(int code) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimelineFamily.ofCode(code))
                .withMessage("family code: " + code + " (expected: 1..4)");
    }

    @Test
    void timelineId_factories_setTheFamily() {
        assertThat(TimelineId.conversation("app", "a/b"))
                .isEqualTo(new TimelineId(new AppId("app"), TimelineFamily.CONVERSATION, "a/b"))
                .hasToString("app/conversation/a/b");
        assertThat(TimelineId.inbox("app", "alice").family()).isEqualTo(TimelineFamily.INBOX);
    }

    @Test
    void payload_tooLong_isRefused() {
        byte[] most = new byte[Payload.MAX_BYTES];
        byte[] more = new byte[Payload.MAX_BYTES + 1];

        assertThat(Payload.copyOf(most).size()).isEqualTo(262_144);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Payload.takeOver(more))
                .withMessage("payload: 262145 bytes (expected: 0..262144)");
        assertThatIllegalArgumentException().isThrownBy(() -> Payload.copyOf(more));
        assertThatIllegalArgumentException().isThrownBy(() -> Payload.utf8("\u4e2d".repeat(87_382)));
    }

    @Test
    void payload_copies_cannotBeWrittenThrough() {
        byte[] bytes = {1, 2, 3};
        Payload payload = Payload.copyOf(bytes);
        bytes[0] = 9;
        payload.toByteArray()[1] = 9;
        ByteBuffer target = ByteBuffer.allocate(3);
        payload.writeTo(target);

        assertThat(payload.toByteArray()).containsExactly(1, 2, 3);
        assertThat(target.array()).containsExactly(1, 2, 3);
        assertThat(payload.asReadOnlyByteBuffer().isReadOnly()).isTrue();
        assertThat(payload.asReadOnlyByteBuffer().remaining()).isEqualTo(3);
    }

    @Test
    void payload_equality_isByContentAndToStringHidesIt() {
        assertThat(Payload.utf8("secret"))
                .isEqualTo(Payload.utf8("secret"))
                .hasSameHashCodeAs(Payload.utf8("secret"))
                .isNotEqualTo(Payload.utf8("secrets"))
                .hasToString("Payload[6 bytes]");
        assertThat(Payload.utf8("\u00e9").toUtf8()).isEqualTo("\u00e9");
        assertThat(Payload.copyOf(new byte[0])).isEqualTo(Payload.EMPTY);
    }

    @Test
    void entry_seqNought_isRefused() {
        NewEntry entry = NewEntry.text("alice", "m1", "hello");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Entry.of(SequenceId.NONE, entry, Instant.EPOCH, 0))
                .withMessage("seq: 0 (expected: 1 or more)");
    }

    @Test
    void newEntry_saysTheSame_byKindAndPayload() {
        NewEntry entry = NewEntry.text("alice", "m1", "hello");
        Entry committed = Entry.of(SequenceId.FIRST, entry, Instant.EPOCH, 0);

        assertThat(entry.saysTheSameAs(committed)).isTrue();
        assertThat(NewEntry.text("alice", "m1", "Hello").saysTheSameAs(committed))
                .isFalse();
        assertThat(new NewEntry(entry.sender(), entry.clientMessageId(), new MessageKind(""), entry.payload())
                        .saysTheSameAs(committed))
                .isFalse();
    }

    @Test
    void gap_ends_areInOrder() {
        SequenceId two = SequenceId.of(2);
        SequenceId three = SequenceId.of(3);

        assertThat(new Gap(two, two, Gap.Type.EXPIRED).to()).isEqualTo(two);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Gap(three, two, Gap.Type.EXPIRED))
                .withMessage("gap: 3..2 (expected: 1 <= from <= to)");
        assertThatIllegalArgumentException().isThrownBy(() -> new Gap(SequenceId.NONE, two, Gap.Type.EXPIRED));
    }

    @Test
    void watermarks_coldBeyondWarm_isRefused() {
        assertThat(new Watermarks(SequenceId.NONE, SequenceId.of(3), SequenceId.of(3)).coldThrough())
                .isEqualTo(SequenceId.of(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Watermarks(SequenceId.NONE, SequenceId.of(4), SequenceId.of(3)))
                .withMessage("coldThrough: 4 (expected: at most warmThrough 3)");
    }

    @Test
    void watermarks_countOfWhatHasExpired_isOneOfTheSeqs() {
        SequenceId three = SequenceId.of(3);

        assertThat(Watermarks.NONE.withExpiredThrough(three, 2).withWarmThrough(three))
                .isEqualTo(new Watermarks(three, 2, SequenceId.NONE, three));
        assertThat(new Watermarks(three, SequenceId.NONE, SequenceId.NONE).expiredCounted())
                .isEqualTo(Gap.UNKNOWN);
        assertThat(Watermarks.NONE.expiredCounted()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Watermarks.NONE.withExpiredThrough(three, 4))
                .withMessage("expiredCounted: 4 (expected: -1..3)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Watermarks.NONE.withExpiredThrough(SequenceId.NONE, Gap.UNKNOWN))
                .withMessage("expiredCounted: -1 (expected: 0..0)");
    }

    @Test
    void attributes_tooMany_areRefused() {
        assertThat(new Attributes(named(64), 0).values()).hasSize(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Attributes(named(65), 0))
                .withMessage("attributes: 65 (expected: 0..64)");
        assertThatIllegalArgumentException().isThrownBy(() -> new Attributes(Map.of(), -1));
    }

    @Test
    void attributes_areSortedAndTheirOwnCopy() {
        Map<String, String> values = new HashMap<>(Map.of("b", "2", "a", "1", "c", "3"));
        Attributes attributes = new Attributes(values, 1);
        values.put("a", "changed");

        assertThat(attributes.values().keySet()).containsExactly("a", "b", "c");
        assertThat(attributes.values()).containsEntry("a", "1");
        assertThat(attributes.values()).isUnmodifiable();
    }

    private static Map<String, String> named(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "name-" + i, i -> ""));
    }
}
