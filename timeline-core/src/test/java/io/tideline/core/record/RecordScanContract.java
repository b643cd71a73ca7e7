package io.tideline.core.record;

import static io.tideline.core.record.RecordStoreContract.fresh;
import static io.tideline.core.record.RecordStoreContract.record;
import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans of every {@link RecordStore}. */
public interface RecordScanContract {
    RecordStore records();

    private void raise(List<TimelineRecord> raised) {
        await(records().raise(raised, soon()));
    }

    private RecordPage scan(RecordScan scan) {
        return await(records().scan(scan, soon()));
    }

    /** All pages put together; none but the last one may be complete, none may be empty but the only one. */
    private List<TimelineRecord> scanAllPages(RecordScan scan) {
        List<TimelineRecord> all = new ArrayList<>();
        RecordPage page = scan(scan);
        all.addAll(page.records());
        while (!page.complete()) {
            assertThat(page.records()).as("a page that is not the last").isNotEmpty();
            page = scan(scan.withAfter(all.get(all.size() - 1).key()));
            all.addAll(page.records());
        }
        return all;
    }

    private static List<TimelineRecord> checkpoints(TimelineId inbox, String device, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> record(
                        RecordKey.of(inbox, RecordKind.CHECKPOINT, KeyPart.of(device), KeyPart.of("c" + i)),
                        i + 1,
                        device + i))
                .toList();
    }

    private static TimelineRecord change(TimelineId owner, long seq) {
        return record(RecordKey.of(owner, RecordKind.CHANGE, KeyPart.of(seq)), seq / 2 + 1, "change of " + seq);
    }

    private static TimelineRecord reaction(TimelineId owner, long seq, String user) {
        return record(
                RecordKey.of(owner, RecordKind.REACTION, KeyPart.of(seq), KeyPart.of(user), KeyPart.of("+")), 9, user);
    }

    @Test
    default void scan_ofNothing_isEmptyAndComplete() {
        RecordPage page = scan(RecordScan.all(fresh(TimelineFamily.INBOX), 10, RecordKind.DEVICE));

        assertThat(page.records()).isEmpty();
        assertThat(page.complete()).isTrue();
    }

    @Test
    default void scan_one_findsItsOwnersAndKindsAlone() {
        TimelineId owner = fresh(TimelineFamily.CONVERSATION);
        TimelineId other = fresh(TimelineFamily.CONVERSATION);
        TimelineRecord wanted = change(owner, 5);
        raise(List.of(
                wanted,
                change(other, 5),
                record(RecordKey.of(owner, RecordKind.DISCOUNT, KeyPart.of(5)), 1, ""),
                reaction(owner, 5, "bob"),
                record(RecordKey.of(owner, RecordKind.FANOUT_TASK), 1, "task")));

        assertThat(scan(RecordScan.all(owner, 10, RecordKind.CHANGE)).records()).containsExactly(wanted);
        assertThat(scan(RecordScan.all(owner, 10, RecordKind.FANOUT_TASK)).records())
                .hasSize(1);
        assertThat(scan(RecordScan.all(owner, 10, RecordKind.CONVERSATION)).records())
                .isEmpty();
    }

    @Test
    default void scan_numbers_sortByValue() {
        TimelineId owner = fresh(TimelineFamily.CONVERSATION);
        List<TimelineRecord> sorted = Stream.of(0L, 1L, 2L, 10L, 255L, 256L, 1L << 32, Long.MAX_VALUE)
                .map(seq -> change(owner, seq))
                .toList();
        List<TimelineRecord> shuffled = new ArrayList<>(sorted);
        java.util.Collections.rotate(shuffled, 3);
        raise(shuffled);

        assertThat(scan(RecordScan.all(owner, 100, RecordKind.CHANGE)).records())
                .containsExactlyElementsOf(sorted);
    }

    @Test
    default void scan_withNumbers_includesBothBoundsAndWhatLiesBelowThem() {
        TimelineId owner = fresh(TimelineFamily.CONVERSATION);
        raise(Stream.of(4L, 5L, 255L, 256L, 257L)
                .flatMap(seq -> Stream.of(reaction(owner, seq, "alice"), reaction(owner, seq, "bob")))
                .toList());
        RecordScan all = RecordScan.all(owner, 100, RecordKind.REACTION);

        assertThat(numbers(scan(all.withNumbers(5, 256)))).containsExactly(5L, 5L, 255L, 255L, 256L, 256L);
        assertThat(numbers(scan(all.withNumbers(255, 255)))).containsExactly(255L, 255L);
        assertThat(numbers(scan(all.withNumbers(257, Long.MAX_VALUE)))).containsExactly(257L, 257L);
        assertThat(numbers(scan(all.withNumbers(0, 4)))).containsExactly(4L, 4L);
        assertThat(numbers(scan(all.withNumbers(6, 254)))).isEmpty();
    }

    private static List<Long> numbers(RecordPage page) {
        assertThat(page.complete()).isTrue();
        return page.records().stream().map(record -> record.key().number(0)).toList();
    }

    @Test
    default void scan_withNumbersAfterAPrefix_boundsTheNextPart() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        raise(Stream.of("c", "d")
                .flatMap(conversation -> Stream.of(1L, 2L, 3L)
                        .map(seq -> record(
                                RecordKey.of(inbox, RecordKind.HIDDEN, KeyPart.of(conversation), KeyPart.of(seq)),
                                1,
                                "")))
                .toList());

        RecordPage page = scan(RecordScan.all(inbox, 100, RecordKind.HIDDEN)
                .withPrefix(KeyPart.of("c"))
                .withNumbers(2, 3));

        assertThat(page.records())
                .extracting(record -> record.key().text(0) + record.key().number(1))
                .containsExactly("c2", "c3");
    }

    @Test
    default void scan_withPrefix_takesWholePartsOnly() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        List<TimelineRecord> phone = checkpoints(inbox, "phone", 5);
        raise(phone);
        raise(checkpoints(inbox, "phone2", 5));
        raise(checkpoints(inbox, "phon", 5));
        raise(checkpoints(inbox, "", 5));

        RecordPage page = scan(RecordScan.all(inbox, 100, RecordKind.CHECKPOINT).withPrefix(KeyPart.of("phone")));

        assertThat(page.records()).containsExactlyInAnyOrderElementsOf(phone);
        assertThat(page.complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 7, 8})
    default void scan_inPages_findsEverythingOnce(int maxRows) {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        List<TimelineRecord> phone = checkpoints(inbox, "phone", 7);
        raise(phone);
        raise(checkpoints(inbox, "tablet", 7));

        assertThat(scanAllPages(
                        RecordScan.all(inbox, maxRows, RecordKind.CHECKPOINT).withPrefix(KeyPart.of("phone"))))
                .containsExactlyInAnyOrderElementsOf(phone);
        assertThat(scanAllPages(RecordScan.all(inbox, maxRows, RecordKind.CHECKPOINT)))
                .hasSize(14)
                .doesNotHaveDuplicates();
    }

    @Test
    default void scan_asManyRowsAsThereAre_isComplete() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        raise(checkpoints(inbox, "phone", 7));

        assertThat(scan(RecordScan.all(inbox, 7, RecordKind.CHECKPOINT)).complete())
                .isTrue();
        assertThat(scan(RecordScan.all(inbox, 6, RecordKind.CHECKPOINT)).complete())
                .isFalse();
    }

    @Test
    default void scan_severalFacets_standTogetherAndCountAsOneRow() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        List<TimelineRecord> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            KeyPart conversation = KeyPart.of("c" + i);
            all.add(record(RecordKey.of(inbox, RecordKind.USER_CONVERSATION, conversation), 1, "member"));
            if (i % 2 == 0) {
                all.add(record(RecordKey.of(inbox, RecordKind.USER_SETTINGS, conversation), 2, "settings"));
            }
        }
        all.add(record(RecordKey.of(inbox, RecordKind.USER_SETTINGS, KeyPart.of("zzz")), 3, "settings alone"));
        raise(all);
        RecordKind[] both = {RecordKind.USER_CONVERSATION, RecordKind.USER_SETTINGS};

        RecordPage first = scan(RecordScan.all(inbox, 2, both));
        assertThat(first.records().stream()
                        .map(record -> record.key().parts())
                        .distinct()
                        .count())
                .isEqualTo(2);
        assertThat(first.complete()).isFalse();
        assertThat(scanAllPages(RecordScan.all(inbox, 2, both))).containsExactlyInAnyOrderElementsOf(all);
        assertThat(scanAllPages(RecordScan.all(inbox, 2, RecordKind.USER_SETTINGS)))
                .hasSize(4)
                .allMatch(record -> record.key().kind() == RecordKind.USER_SETTINGS);
        assertThat(scan(RecordScan.all(inbox, 2, RecordKind.USER_PERSONAL)).records())
                .isEmpty();
    }

    @Test
    default void scan_afterRemoval_doesNotFindTheRemoved() {
        TimelineId inbox = fresh(TimelineFamily.INBOX);
        List<TimelineRecord> all = checkpoints(inbox, "phone", 3);
        raise(all);
        await(records().remove(List.of(all.get(1).key()), 100, soon()));

        assertThat(scan(RecordScan.all(inbox, 2, RecordKind.CHECKPOINT)).records())
                .containsExactly(all.get(0), all.get(2));
    }

    @Test
    default void scan_thousandsOfRows_onOnePage() {
        TimelineId owner = fresh(TimelineFamily.CONVERSATION);
        List<TimelineRecord> all =
                IntStream.range(0, 3000).mapToObj(seq -> change(owner, seq)).toList();
        raise(all);

        RecordPage page = scan(RecordScan.all(owner, RecordScan.MAX_ROWS, RecordKind.CHANGE));

        assertThat(page.records()).containsExactlyElementsOf(all);
        assertThat(page.complete()).isTrue();
    }

    @Test
    default void scanAll_findsThoseOfAllOwnersInPages() {
        List<TimelineRecord> tasks = IntStream.range(0, 12)
                .mapToObj(i -> record(
                        RecordKey.of(fresh(TimelineFamily.CONVERSATION), RecordKind.FANOUT_TASK), i + 1, "task" + i))
                .toList();
        raise(tasks);

        List<TimelineRecord> found = new ArrayList<>();
        RecordPage page = await(records().scanAll(RecordKind.FANOUT_TASK, Optional.empty(), 5, soon()));
        found.addAll(page.records());
        while (!page.complete()) {
            assertThat(page.records()).hasSize(5);
            page = await(records()
                    .scanAll(
                            RecordKind.FANOUT_TASK,
                            Optional.of(found.get(found.size() - 1).key()),
                            5,
                            soon()));
            found.addAll(page.records());
        }

        assertThat(found).doesNotHaveDuplicates().containsAll(tasks);
    }

    @Test
    default void scanAll_kindThatDoesNotLieApart_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> records().scanAll(RecordKind.MEMBER, Optional.empty(), 5, soon()))
                .withMessageContaining("MEMBER");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, RecordScan.MAX_ROWS + 1})
    default void scanAll_rowsOutOfBounds_isRefused(int maxRows) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> records().scanAll(RecordKind.FANOUT_TASK, Optional.empty(), maxRows, soon()))
                .withMessageContaining("maxRows");
    }
}
