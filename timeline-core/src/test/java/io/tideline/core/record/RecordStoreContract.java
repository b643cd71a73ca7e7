package io.tideline.core.record;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link RecordStore} passes, scans apart ({@link RecordScanContract}). One long-lived store may serve all
 * tests: each uses owners of its own.
 */
public interface RecordStoreContract {
    RecordStore records();

    static TimelineId fresh(TimelineFamily family) {
        return new TimelineId(new AppId("records"), family, UUID.randomUUID().toString());
    }

    static RecordKey device(TimelineId inbox, String device) {
        return RecordKey.of(inbox, RecordKind.DEVICE, KeyPart.of(device));
    }

    static TimelineRecord record(RecordKey key, long version, String value) {
        return new TimelineRecord(key, version, Payload.utf8(value));
    }

    default void raise(TimelineRecord... records) {
        await(records().raise(List.of(records), soon()));
    }

    default Optional<TimelineRecord> get(RecordKey key) {
        return Optional.ofNullable(await(records().get(List.of(key), soon())).get(key));
    }

    /** What guards have seen of them is remembered, which a write past the sequencer would make wrong. */
    @Test
    default void write_ofWhatGuardsAskFor_isRejected() {
        TimelineId owner = fresh(TimelineFamily.CONVERSATION);
        for (RecordKey key : List.of(
                RecordKey.of(owner, RecordKind.CONVERSATION),
                RecordKey.of(owner, RecordKind.MEMBER, KeyPart.of("bob")))) {
            TimelineRecord record = record(key, 1, "x");

            assertThatIllegalArgumentException().isThrownBy(() -> records().raise(List.of(record), soon()));
            assertThatIllegalArgumentException().isThrownBy(() -> records().replace(record, 0, soon()));
            assertThatIllegalArgumentException().isThrownBy(() -> records().remove(List.of(key), 1, soon()));
            assertThat(get(key)).isEmpty();
        }
    }

    @Test
    default void get_unknown_isAbsent() {
        assertThat(get(device(fresh(TimelineFamily.INBOX), "phone"))).isEmpty();
        assertThat(await(records().get(List.of(), soon()))).isEmpty();
    }

    @Test
    default void raise_everyKindOfKey_isFoundAsItWas() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        TimelineId conversation = fresh(TimelineFamily.CONVERSATION);
        TimelineId registry = fresh(TimelineFamily.REGISTRY);
        String longest = "ü".repeat(256);
        List<TimelineRecord> all = List.of(
                record(RecordKey.of(conversation, RecordKind.FANOUT_CURSOR), 1, "cursor"),
                record(RecordKey.of(conversation, RecordKind.FANOUT_TASK), Long.MAX_VALUE - 1, "task"),
                record(RecordKey.of(conversation, RecordKind.CHANGE, KeyPart.of(Long.MAX_VALUE)), 7, "change"),
                new TimelineRecord(
                        RecordKey.of(
                                conversation,
                                RecordKind.REACTION,
                                KeyPart.of(0),
                                KeyPart.of("bob"),
                                KeyPart.of("\u0000\uD83D\uDC4D")),
                        8,
                        5,
                        Payload.EMPTY),
                record(RecordKey.of(inbox, RecordKind.CHECKPOINT, KeyPart.of("phone"), KeyPart.of("")), 9, "inbox"),
                record(RecordKey.of(inbox, RecordKind.CHECKPOINT, KeyPart.of(""), KeyPart.of("phone")), 10, "other"),
                record(RecordKey.of(inbox, RecordKind.USER_SETTINGS, KeyPart.of(longest)), 11, "longest"),
                record(RecordKey.of(registry, RecordKind.LEASE, KeyPart.of(3)), 12, "lease"));

        raise(all.toArray(TimelineRecord[]::new));

        Map<RecordKey, TimelineRecord> found =
                await(records().get(all.stream().map(TimelineRecord::key).toList(), soon()));
        assertThat(found.values()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(found).allSatisfy((key, record) -> assertThat(record.key()).isEqualTo(key));
    }

    @Test
    default void raise_inAnyOrder_highestVersionStays() {
        RecordKey key = device(fresh(TimelineFamily.INBOX), "phone");

        raise(record(key, 5, "five"));
        raise(record(key, 3, "three"));
        assertThat(get(key)).contains(record(key, 5, "five"));
        raise(record(key, 6, "six"));
        assertThat(get(key)).contains(record(key, 6, "six"));
    }

    @Test
    default void raise_sameVersion_isReplaced() {
        RecordKey key = device(fresh(TimelineFamily.INBOX), "phone");

        raise(record(key, 5, "first"));
        raise(record(key, 5, "second"));

        assertThat(get(key)).contains(record(key, 5, "second"));
    }

    @Test
    default void raise_keySeveralTimesAtOnce_highestAndThenLastStays() {
        RecordKey key = device(fresh(TimelineFamily.INBOX), "phone");

        raise(record(key, 2, "a"), record(key, 4, "b"), record(key, 4, "c"), record(key, 3, "d"));

        assertThat(get(key)).contains(record(key, 4, "c"));
    }

    @Test
    default void raise_facetsOfOneRow_areIndependent() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        RecordKey membership = RecordKey.of(inbox, RecordKind.USER_CONVERSATION, KeyPart.of("c"));
        RecordKey settings = RecordKey.of(inbox, RecordKind.USER_SETTINGS, KeyPart.of("c"));

        raise(record(membership, 9, "member"), record(settings, 2, "muted"));
        await(records().remove(List.of(membership), 9, soon()));

        assertThat(get(membership)).isEmpty();
        assertThat(get(settings)).contains(record(settings, 2, "muted"));
    }

    @Test
    default void raise_manyOfManyOwners_areAllThere() {
        List<TimelineRecord> all = new ArrayList<>();
        for (int owner = 0; owner < 60; owner++) {
            TimelineId inbox = fresh(owner % 2 == 0 ? TimelineFamily.INBOX : TimelineFamily.REGISTRY);
            for (int i = 0; i < 100; i++) {
                all.add(record(device(inbox, "d" + i), i + 1, "value " + owner + " " + i));
            }
        }

        await(records().raise(all, soon()));

        assertThat(await(records().get(all.stream().map(TimelineRecord::key).toList(), soon()))
                        .values())
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    default void raiseGetRemove_moreThanAllowed_areRefused() {
        RecordKey key = device(fresh(TimelineFamily.INBOX), "phone");
        int tooMany = RecordStore.MAX_RECORDS + 1;
        List<RecordKey> keys = Collections.nCopies(tooMany, key);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> records().raise(Collections.nCopies(tooMany, record(key, 1, "")), soon()))
                .withMessageContaining("20001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> records().get(keys, soon()))
                .withMessageContaining("20001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> records().remove(keys, 1, soon()))
                .withMessageContaining("20001");
    }

    @Test
    default void replace_absent_onlyWhenAbsenceIsExpected() {
        RecordKey key = RecordKey.of(fresh(TimelineFamily.REGISTRY), RecordKind.UNIQUE, KeyPart.of("name"));

        assertThat(await(records().replace(record(key, 8, "late"), 7, soon()))).isFalse();
        assertThat(await(records().replace(record(key, 1, "first"), 0, soon()))).isTrue();
        assertThat(await(records().replace(record(key, 2, "second"), 0, soon())))
                .isFalse();
        assertThat(get(key)).contains(record(key, 1, "first"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 255, 256, 1L << 40, Long.MAX_VALUE - 2})
    default void replace_present_onlyAtTheExpectedVersion(long version) {
        RecordKey key = RecordKey.of(fresh(TimelineFamily.REGISTRY), RecordKind.LEASE, KeyPart.of(1));
        raise(record(key, version, "old"));

        assertThat(await(records().replace(record(key, version + 1, "wrong"), version - 1, soon())))
                .isFalse();
        assertThat(get(key)).contains(record(key, version, "old"));
        assertThat(await(records().replace(record(key, version + 1, "new"), version, soon())))
                .isTrue();
        assertThat(get(key)).contains(record(key, version + 1, "new"));
    }

    @Test
    default void replace_facetOfARowThatHasOthers_looksAtItsOwn() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        RecordKey settings = RecordKey.of(inbox, RecordKind.USER_SETTINGS, KeyPart.of("c"));
        raise(record(RecordKey.of(inbox, RecordKind.USER_CONVERSATION, KeyPart.of("c")), 4, "member"));

        assertThat(await(records().replace(record(settings, 5, "x"), 4, soon())))
                .isFalse();
        assertThat(await(records().replace(record(settings, 5, "muted"), 0, soon())))
                .isTrue();
    }

    @Test
    default void replace_versionNotAbove_isRefused() {
        RecordKey key = device(fresh(TimelineFamily.INBOX), "phone");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> records().replace(record(key, 4, ""), 4, soon()))
                .withMessageContaining("above 4");
    }

    @Test
    default void replace_byManyAtOnce_exactlyOneWinsEachVersion() {
        RecordKey key = RecordKey.of(fresh(TimelineFamily.REGISTRY), RecordKind.LEASE, KeyPart.of(1));
        int rounds = 10;
        AtomicInteger won = new AtomicInteger();

        TimelineProbe.inParallel(4, writer -> {
            for (int version = 0; version < rounds; version++) {
                if (await(records().replace(record(key, version + 1L, "writer " + writer), version, soon()))) {
                    won.incrementAndGet();
                }
                while (get(key).map(TimelineRecord::version).orElse(0L) <= version) {
                    Thread.onSpinWait();
                }
            }
        });

        assertThat(won).hasValue(rounds);
        assertThat(get(key).orElseThrow().version()).isEqualTo(rounds);
    }

    @Test
    default void remove_throughVersion_takesOlderAndLeavesNewer() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        Function<String, RecordKey> key = name -> device(inbox, name);
        raise(record(key.apply("older"), 4, ""), record(key.apply("same"), 5, ""), record(key.apply("newer"), 6, ""));

        await(records()
                .remove(
                        List.of(key.apply("older"), key.apply("same"), key.apply("newer"), key.apply("unknown")),
                        5,
                        soon()));

        assertThat(get(key.apply("older"))).isEmpty();
        assertThat(get(key.apply("same"))).isEmpty();
        assertThat(get(key.apply("newer"))).contains(record(key.apply("newer"), 6, ""));
    }

    @Test
    default void remove_throughAnyVersion_takesEverything() {
        RecordKey key = device(fresh(TimelineFamily.INBOX), "phone");
        raise(record(key, Long.MAX_VALUE - 1, ""));

        await(records().remove(List.of(key), 0, soon()));
        assertThat(get(key)).isPresent();
        await(records().remove(List.of(key), Long.MAX_VALUE, soon()));
        assertThat(get(key)).isEmpty();
    }

    @Test
    default void remove_thenRaise_onlyAboveTheRemoval() {
        RecordKey key = RecordKey.of(fresh(TimelineFamily.CONVERSATION), RecordKind.FANOUT_TASK);
        raise(record(key, 5, "task"));
        await(records().remove(List.of(key), 5, soon()));

        raise(record(key, 5, "late"));
        assertThat(get(key)).isEmpty();
        raise(record(key, 6, "next"));
        assertThat(get(key)).contains(record(key, 6, "next"));
    }

    @Test
    default void remove_many_areGone() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        List<RecordKey> keys =
                IntStream.range(0, 2000).mapToObj(i -> device(inbox, "d" + i)).toList();
        await(records().raise(keys.stream().map(key -> record(key, 1, "")).toList(), soon()));

        await(records().remove(keys, 1, soon()));

        assertThat(await(records().get(keys, soon()))).isEmpty();
    }
}
