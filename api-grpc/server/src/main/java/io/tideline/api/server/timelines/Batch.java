package io.tideline.api.server.timelines;

import com.google.rpc.Status;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One BatchAppend: items of one timeline become one append, all or nothing, in their order; timelines go their own way.
 *
 * <p>Results have a slot per item. Each slot is written once: by the handling thread while the batch is taken apart, or
 * by the thread that completes the append of its timeline; the counter of pending timelines publishes them.
 */
final class Batch {
    static final int MAX_ITEMS = 10_000;
    /** Bounds what a request of 16 MiB can unfold to in memory. */
    static final int MAX_ENTRIES = 10_000;

    /** What is to be appended to one timeline. */
    private static final class Group {
        final List<Integer> items = new ArrayList<>();
        /** Beside {@link #items}: where the item's entries begin. */
        final List<Integer> starts = new ArrayList<>();

        final List<NewEntry> entries = new ArrayList<>();
        /** The first item that was refused, -1 for none. */
        int refusedItem = -1;

        int end(int place) {
            return place + 1 < starts.size() ? starts.get(place + 1) : entries.size();
        }
    }

    private final Instant now;
    private final Statuses statuses;
    private final @Nullable AppendResult[] results;
    private final Map<TimelineId, Group> groups = new LinkedHashMap<>();
    private final CompletableFuture<BatchAppendResponse> done = new CompletableFuture<>();

    /** Takes the items apart; those that are not valid have their result already. */
    Batch(List<AppendRequest> items, Instant now, Statuses statuses) {
        this.now = now;
        this.statuses = statuses;
        this.results = new AppendResult[items.size()];
        for (int i = 0; i < items.size(); i++) {
            add(i, items.get(i));
        }
    }

    static void checkSize(List<AppendRequest> items, FieldViolations violations) {
        if (items.isEmpty() || items.size() > MAX_ITEMS) {
            violations.add("items", "items: " + items.size() + " (expected: 1.." + MAX_ITEMS + ")");
            return;
        }
        long entries = 0;
        for (AppendRequest item : items) {
            entries += item.getEntriesCount();
        }
        if (entries > MAX_ENTRIES) {
            violations.add("items", "items: " + entries + " entries together (expected: at most " + MAX_ENTRIES + ")");
        }
    }

    private void add(int index, AppendRequest item) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.appended(item.hasTimeline(), item.getTimeline(), violations);
        List<NewEntry> entries = Requests.entries(item.getEntriesList(), now, violations);
        if (!violations.isEmpty()) {
            fail(index, Statuses.invalid(violations));
        }
        if (timeline == null) {
            return;
        }
        Group group = groups.computeIfAbsent(timeline, id -> new Group());
        group.items.add(index);
        group.starts.add(group.entries.size());
        if (violations.isEmpty()) {
            group.entries.addAll(entries);
        } else if (group.refusedItem < 0) {
            group.refusedItem = index;
        }
    }

    CompletableFuture<BatchAppendResponse> appendTo(TimelineStore store, Deadline deadline) {
        // One more than there are timelines: nothing completes before all have been handed over.
        AtomicInteger pending = new AtomicInteger(groups.size() + 1);
        groups.forEach((timeline, group) -> {
            var unused = append(store, timeline, group, deadline).whenComplete((outcome, failure) -> {
                settle(group, outcome, failure);
                countDown(pending);
            });
        });
        countDown(pending);
        return done;
    }

    /** Whatever one timeline's hand-over throws belongs to this timeline alone. */
    private CompletableFuture<AppendOutcome> append(
            TimelineStore store, TimelineId timeline, Group group, Deadline deadline) {
        try {
            if (group.refusedItem >= 0) {
                throw new CallFailure(Statuses.batchRejected(group.refusedItem));
            }
            return store.append(Requests.together(timeline, group.entries), deadline);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private void settle(Group group, @Nullable AppendOutcome outcome, @Nullable Throwable failure) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            succeed(group, appended.receipts());
        } else if (outcome instanceof AppendOutcome.Conflict conflict) {
            conflict(group, conflict);
        } else {
            Status status = statuses.of(failure != null ? failure : new IllegalStateException("no outcome"));
            group.items.forEach(item -> fail(item, status));
        }
    }

    private void succeed(Group group, List<Receipt> receipts) {
        for (int place = 0; place < group.items.size(); place++) {
            int start = group.starts.get(place);
            int end = group.end(place);
            results[group.items.get(place)] = AppendResult.newBuilder()
                    .setAppended(Appends.receipts(group.entries.subList(start, end), receipts.subList(start, end)))
                    .build();
        }
    }

    /** The item that holds the entry gets the conflict, counted within the item; its timeline's others go with it. */
    private void conflict(Group group, AppendOutcome.Conflict conflict) {
        int owner = 0;
        while (group.end(owner) <= conflict.entryIndex()) {
            owner++;
        }
        int start = group.starts.get(owner);
        int ownerItem = group.items.get(owner);
        fail(
                ownerItem,
                Appends.conflict(
                        group.entries.subList(start, group.end(owner)), conflict.entryIndex() - start, conflict));
        group.items.forEach(item -> fail(item, Statuses.batchRejected(ownerItem)));
    }

    /** The first failure of an item stays. */
    private void fail(int item, Status status) {
        if (results[item] == null) {
            results[item] = AppendResult.newBuilder().setError(status).build();
        }
    }

    private void countDown(AtomicInteger pending) {
        if (pending.decrementAndGet() == 0) {
            BatchAppendResponse.Builder response = BatchAppendResponse.newBuilder();
            Arrays.stream(results).forEach(response::addResults);
            done.complete(response.build());
        }
    }
}
