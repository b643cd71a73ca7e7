package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.appendMany;
import static io.tideline.api.server.Messages.entry;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.Receipt;
import io.tideline.core.error.OverloadedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BatchAppendTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Test
    void batchAppend_itemsOfOneTimeline_areOneAppendInOrder() {
        List<AppendResult> results = batch(append("c", "a"), append("d", "x"), append("c", "b", "c"));

        assertThat(seqs(results.get(0))).containsExactly(1L);
        assertThat(seqs(results.get(1))).containsExactly(1L);
        assertThat(seqs(results.get(2))).containsExactly(2L, 3L);
        assertThat(fixture.store.appends).hasSize(2);
    }

    @Test
    void batchAppend_invalidItem_takesItsTimelineDownAndNoOther() {
        AppendRequest bad = append("c", "b").toBuilder()
                .addEntries(entry("x").toBuilder().setSender(""))
                .build();

        List<AppendResult> results = batch(append("c", "a"), append("d", "x"), bad, AppendRequest.getDefaultInstance());

        Failure rejected = Failure.of(results.get(0).getError());
        assertThat(rejected.code()).isEqualTo(Code.ABORTED);
        assertThat(rejected.reason()).isEqualTo("BATCH_REJECTED");
        assertThat(rejected.metadata()).containsEntry("refused_item", "2");
        assertThat(seqs(results.get(1))).containsExactly(1L);
        assertThat(Failure.of(results.get(2).getError()).fields()).containsExactly("entries[1].sender");
        assertThat(Failure.of(results.get(3).getError()).fields()).containsExactly("timeline", "entries");
        assertThat(fixture.store.appends).hasSize(1);
    }

    @Test
    void batchAppend_conflict_isCountedWithinItsItem() {
        fixture.timelines.append(append("c", "old"));
        AppendRequest conflicting =
                append("c", "b").toBuilder().addEntries(entry("old", "other")).build();

        List<AppendResult> results = batch(append("c", "a"), conflicting, append("d", "x"));

        assertThat(Failure.of(results.get(0).getError()).reason()).isEqualTo("BATCH_REJECTED");
        assertThat(Failure.of(results.get(1).getError()).metadata())
                .isEqualTo(Map.of("client_message_id", "old", "entry_index", "1", "existing_seq", "1"));
        assertThat(results.get(2).hasAppended()).isTrue();
    }

    @Test
    void batchAppend_tooMuchForOneTimeline_failsItsItemsOnly() {
        List<AppendResult> results = batch(appendMany("c", 1_000), append("c", "one-more"), append("d", "x"));

        assertThat(Failure.of(results.get(0).getError()).fields()).containsExactly("entries");
        assertThat(Failure.of(results.get(1).getError()).fields()).containsExactly("entries");
        assertThat(results.get(2).hasAppended()).isTrue();
    }

    @Test
    void batchAppend_idTwiceInOneTimeline_failsItsItems() {
        List<AppendResult> results = batch(append("c", "a"), append("c", "a"));

        assertThat(results)
                .allSatisfy(result ->
                        assertThat(Failure.of(result.getError()).code()).isEqualTo(Code.INVALID_ARGUMENT));
    }

    @Test
    void batchAppend_storeFailsForOneTimeline_othersSucceed() {
        fixture.store.onAppend = (append, deadline) -> append.timeline().name().equals("c")
                ? CompletableFuture.failedFuture(new OverloadedException("full", Map.of(), null))
                : fixture.memory.append(append, deadline);

        List<AppendResult> results = batch(append("c", "a"), append("d", "x"));

        assertThat(Failure.of(results.get(0).getError()).reason()).isEqualTo("OVERLOADED");
        assertThat(results.get(1).hasAppended()).isTrue();
    }

    @Test
    void batchAppend_sizeLimits_areErrorsOfTheCall() {
        BatchAppendRequest tooMany = BatchAppendRequest.newBuilder()
                .addAllItems(java.util.Collections.nCopies(10_001, append("c", "a")))
                .build();
        BatchAppendRequest tooManyEntries = BatchAppendRequest.newBuilder()
                .addAllItems(java.util.Collections.nCopies(11, appendMany("c", 1_000)))
                .build();

        assertThat(failureOf(() -> fixture.timelines.batchAppend(BatchAppendRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("items");
        assertThat(failureOf(() -> fixture.timelines.batchAppend(tooMany)).fields())
                .containsExactly("items");
        assertThat(failureOf(() -> fixture.timelines.batchAppend(tooManyEntries))
                        .fields())
                .containsExactly("items");
    }

    @Test
    void batchAppend_tenThousandTimelines_allAnswered() {
        BatchAppendRequest.Builder request = BatchAppendRequest.newBuilder();
        for (int i = 0; i < 10_000; i++) {
            request.addItems(append("t" + i, "a"));
        }

        List<AppendResult> results =
                fixture.timelines.batchAppend(request.build()).getResultsList();

        assertThat(results).hasSize(10_000).allMatch(AppendResult::hasAppended);
    }

    private List<AppendResult> batch(AppendRequest... items) {
        return fixture.timelines
                .batchAppend(BatchAppendRequest.newBuilder()
                        .addAllItems(List.of(items))
                        .build())
                .getResultsList();
    }

    private static List<Long> seqs(AppendResult result) {
        return result.getAppended().getReceiptsList().stream()
                .map(Receipt::getSeq)
                .toList();
    }
}
