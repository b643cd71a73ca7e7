package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class GatheredRaisesTest {
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(1));

    private final Slow slow = new Slow();
    private final GatheredRaises raises = new GatheredRaises(slow);

    @Test
    void raise_nothingUnderWay_goesAtOnce() {
        CompletableFuture<Void> done = raises.raise(List.of(record(1)), DEADLINE);
        assertThat(slow.requests).hasSize(1);

        slow.answer(0);

        assertThat(done).isCompleted();
    }

    @Test
    void raise_whileMuchIsUnderWay_waitsAndGoesTogether() {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            done.add(raises.raise(List.of(record(i)), DEADLINE));
        }
        assertThat(slow.requests).hasSize(4);

        slow.answer(0);
        assertThat(slow.requests).hasSize(5);
        assertThat(slow.requests.get(4)).hasSize(96);
        slow.answer(4);

        assertThat(done.stream().filter(CompletableFuture::isDone)).hasSize(97);
        for (int i = 1; i <= 3; i++) {
            slow.answer(i);
        }
        assertThat(done).allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(slow.requests).hasSize(5);
    }

    @Test
    void raise_requestFails_failsForAllWhoShareIt_andTheNextGoes() {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 1; i <= 7; i++) {
            done.add(raises.raise(List.of(record(i)), DEADLINE));
        }

        slow.answer(0);
        slow.fail(4);

        assertThat(done.subList(4, 7)).allSatisfy(each -> assertThat(each).isCompletedExceptionally());
        CompletableFuture<Void> later = raises.raise(List.of(record(8)), DEADLINE);
        slow.answer(5);
        assertThat(later).isCompleted();
    }

    private static TimelineRecord record(long version) {
        RecordKey key = RecordKey.of(
                TimelineId.inbox("app", "ann"), RecordKind.CHECKPOINT, KeyPart.of("phone"), KeyPart.of("c"));
        return new TimelineRecord(key, version, Payload.EMPTY);
    }

    /** Answers when it is told to. */
    private static final class Slow implements RecordStore {
        private final List<List<TimelineRecord>> requests = new ArrayList<>();
        private final List<CompletableFuture<Void>> answers = new ArrayList<>();

        void answer(int request) {
            answers.get(request).complete(null);
        }

        void fail(int request) {
            answers.get(request).completeExceptionally(new IllegalStateException("no"));
        }

        @Override
        public CompletableFuture<Void> raise(List<TimelineRecord> records, Deadline deadline) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            requests.add(records);
            answers.add(answer);
            return answer;
        }

        @Override
        public CompletableFuture<Boolean> replace(TimelineRecord next, long expectedVersion, Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Map<RecordKey, TimelineRecord>> get(List<RecordKey> keys, Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<RecordPage> scan(RecordScan scan, Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<RecordPage> scanAll(
                RecordKind kind, Optional<RecordKey> after, int maxRows, Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> remove(List<RecordKey> keys, long throughVersion, Deadline deadline) {
            throw new UnsupportedOperationException();
        }
    }
}
