package io.tideline.api.server.timelines;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResponse;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.NewEntry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Append and BatchAppend. */
final class Appends {
    private final TimelineStore store;
    private final Statuses statuses;
    private final InstantSource clock;

    Appends(TimelineStore store, Statuses statuses, InstantSource clock) {
        this.store = store;
        this.statuses = statuses;
        this.clock = clock;
    }

    CompletableFuture<AppendResponse> append(AppendRequest request, Deadline deadline) {
        Access.requireMayImport(Caller.current(), request.getEntriesList());
        TimelineAppend append = Requests.append(request, clock.instant());
        return store.append(append, deadline).thenApply(outcome -> answer(append.entries(), outcome));
    }

    private static AppendResponse answer(List<NewEntry> entries, AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return receipts(entries, appended.receipts());
        }
        AppendOutcome.Conflict conflict = (AppendOutcome.Conflict) outcome;
        throw new CallFailure(conflict(entries, conflict.entryIndex(), conflict));
    }

    static com.google.rpc.Status conflict(List<NewEntry> entries, int index, AppendOutcome.Conflict conflict) {
        return Statuses.conflict(entries.get(index).clientMessageId().value(), index, conflict.existing());
    }

    /** Receipts of entries, one each, in order. */
    static AppendResponse receipts(List<NewEntry> entries, List<Receipt> receipts) {
        AppendResponse.Builder response = AppendResponse.newBuilder();
        for (int i = 0; i < receipts.size(); i++) {
            response.addReceipts(
                    Responses.receipt(entries.get(i).clientMessageId().value(), receipts.get(i)));
        }
        return response.build();
    }

    CompletableFuture<BatchAppendResponse> batchAppend(BatchAppendRequest request, Deadline deadline) {
        Caller caller = Caller.current();
        request.getItemsList().forEach(item -> Access.requireMayImport(caller, item.getEntriesList()));
        FieldViolations violations = new FieldViolations();
        Batch.checkSize(request.getItemsList(), violations);
        violations.throwIfAny();
        return new Batch(request.getItemsList(), clock.instant(), statuses).appendTo(store, deadline);
    }
}
