package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.device.WarmUsers.Known;
import io.tideline.sync.device.WarmUsers.Pending;
import io.tideline.sync.device.WarmUsers.Picked;
import io.tideline.sync.internal.Flow;
import io.tideline.sync.unread.UnreadCounts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes the content of one page from what was picked: one look at heads, checkpoints and memberships, then the ranges. */
final class PageBuilder {
    private final SyncPorts ports;
    private final RangeReader ranges;
    private final UnreadCounts unread;
    private final int readsInFlight;

    PageBuilder(SyncPorts ports, RangeReader ranges, UnreadCounts unread, int readsInFlight) {
        this.ports = ports;
        this.ranges = ranges;
        this.unread = unread;
        this.readsInFlight = readsInFlight;
    }

    /**
     * What a page will bring.
     *
     * @param settled those that need not be looked at again, as far as was looked
     * @param ends how far the others were found to go: a page may bring less, and who acknowledges it has not got the rest
     * @param complete whether everything that was picked is delivered
     */
    record Built(
            List<SyncConversation> conversations,
            Map<ConversationId, Pending> settled,
            Map<ConversationId, Pending> ends,
            boolean complete) {}

    private record Looked(Map<TimelineId, MarkedHead> heads, Map<RecordKey, TimelineRecord> records) {}

    CompletableFuture<Built> build(SyncRequest request, long generation, Picked picked, Deadline deadline) {
        return build(request, generation, picked, List.of(), deadline);
    }

    /** @param sent what the device was sent already, whatever it has acknowledged of it */
    CompletableFuture<Built> build(
            SyncRequest request,
            long generation,
            Picked picked,
            Collection<SyncCodec.Delivered> sent,
            Deadline deadline) {
        return look(request, generation, picked, deadline).thenCompose(looked -> {
            Map<ConversationId, Pending> settled = new HashMap<>();
            CheckpointStore.Stored stored =
                    CheckpointStore.stored(looked.records().values()).with(sent);
            List<Candidate> candidates = candidates(request, picked, looked, stored, settled);
            Map<ConversationId, Pending> ends = new HashMap<>();
            candidates.stream()
                    .filter(Candidate::hasMoved)
                    .forEach(candidate -> ends.put(candidate.conversation(), candidate.ahead()));
            PageAssembly page = new PageAssembly(request.limits());
            return fill(request, candidates, page, deadline)
                    .thenCompose(complete -> withUnread(request, page, looked, deadline)
                            .thenApply(conversations -> new Built(conversations, settled, ends, complete)));
        });
    }

    private CompletableFuture<Looked> look(SyncRequest request, long generation, Picked picked, Deadline deadline) {
        Device device = request.device();
        List<HeadQuery> queries = new ArrayList<>();
        List<RecordKey> keys = new ArrayList<>(CheckpointStore.keys(device, generation, picked.pending()));
        for (ConversationId id : picked.pending()) {
            Pending told = picked.told().getOrDefault(id, new Pending(0, 0, 0));
            queries.add(new HeadQuery(id.timeline(device.app()), SequenceId.of(told.last())));
            keys.add(memberKey(device, id));
            @Nullable Known known = picked.known().get(id);
            if (known != null && known.personal()) {
                queries.add(new HeadQuery(
                        id.personalTimeline(device.app(), device.user()), SequenceId.of(told.personalLast())));
            }
        }
        return heads(request, queries, deadline)
                .thenCombine(ports.records().get(keys, deadline), Looked::new)
                .thenCompose(looked -> withRejoined(device, picked, looked, deadline));
    }

    /**
     * Who has left, as it seems, and whose conversation has gone on, may have joined again between the two looks: what came
     * with that must not pass for seen. So his membership is read again, after the head.
     */
    private CompletableFuture<Looked> withRejoined(Device device, Picked picked, Looked looked, Deadline deadline) {
        List<RecordKey> left = picked.pending().stream()
                .filter(id -> {
                    @Nullable TimelineRecord member = looked.records().get(memberKey(device, id));
                    SequenceId end = member == null
                            ? SequenceId.NONE
                            : ConversationCodec.decodeMember(member).left();
                    return !end.isNone()
                            && last(looked, id.timeline(device.app())).isAfter(end);
                })
                .map(id -> memberKey(device, id))
                .toList();
        if (left.isEmpty()) {
            return CompletableFuture.completedFuture(looked);
        }
        return ports.records().get(left, deadline).thenApply(now -> {
            Map<RecordKey, TimelineRecord> records = new HashMap<>(looked.records());
            records.putAll(now);
            return new Looked(looked.heads(), records);
        });
    }

    private CompletableFuture<Map<TimelineId, MarkedHead>> heads(
            SyncRequest request, List<HeadQuery> queries, Deadline deadline) {
        if (request.withUnread()) {
            return ports.marks().markedHeads(request.device().user().value(), queries, deadline);
        }
        return ports.store().heads(queries, deadline).thenApply(heads -> {
            Map<TimelineId, MarkedHead> unmarked = new HashMap<>();
            heads.forEach((timeline, head) -> unmarked.put(timeline, new MarkedHead(head, SequenceId.NONE, 0)));
            return unmarked;
        });
    }

    private static RecordKey memberKey(Device device, ConversationId id) {
        return RecordKey.of(
                id.timeline(device.app()),
                RecordKind.MEMBER,
                KeyPart.of(device.user().value()));
    }

    private static List<Candidate> candidates(
            SyncRequest request,
            Picked picked,
            Looked looked,
            CheckpointStore.Stored stored,
            Map<ConversationId, Pending> settled) {
        List<Candidate> candidates = new ArrayList<>();
        for (ConversationId id : picked.pending()) {
            @Nullable Known known = picked.known().get(id);
            @Nullable TimelineRecord member = looked.records().get(memberKey(request.device(), id));
            if (known == null || member == null) {
                // Not in the list yet: when it is, the inbox says so.
                settled.put(id, picked.told().getOrDefault(id, new Pending(0, 0, 0)));
                continue;
            }
            Candidate candidate = candidate(request, known, ConversationCodec.decodeMember(member), looked, stored);
            if (candidate.isBeyondHead() || candidate.hasMoved()) {
                candidates.add(candidate);
            }
            if (candidate.isBeyondHead() || !candidate.hasMoved()) {
                settled.put(
                        id,
                        new Pending(
                                candidate.head().value(),
                                candidate.personalHead().value(),
                                0));
            }
        }
        return candidates;
    }

    private static Candidate candidate(
            SyncRequest request, Known known, Membership membership, Looked looked, CheckpointStore.Stored stored) {
        Device device = request.device();
        ConversationId id = known.conversation().conversation();
        SequenceId head = last(looked, id.timeline(device.app()));
        SequenceId end = MovedFinder.end(head, membership);
        SequenceId after = stored.of(id);
        SequenceId begin = stored.knows(id)
                ? after.next().max(membership.visibleFrom())
                : Candidate.beginning(
                        membership,
                        end,
                        stored.inbox().isNone(),
                        request.limits().latest());
        return new Candidate(
                id,
                known.conversation().kind(),
                membership,
                head,
                end,
                last(looked, id.personalTimeline(device.app(), device.user())),
                after,
                stored.ofPersonal(id),
                begin);
    }

    private static SequenceId last(Looked looked, TimelineId timeline) {
        return looked.heads().getOrDefault(timeline, MarkedHead.EMPTY).head().last();
    }

    /** Reads some ranges at a time, until the page is full; whether all were delivered. */
    private CompletableFuture<Boolean> fill(
            SyncRequest request, List<Candidate> candidates, PageAssembly page, Deadline deadline) {
        int[] next = {0};
        boolean[] leftOut = {false};
        return Flow.repeat(() -> {
                    List<Candidate> some = new ArrayList<>();
                    List<Integer> shares = new ArrayList<>();
                    int left = request.limits().maxMessages() - page.messages();
                    while (next[0] < candidates.size() && some.size() < readsInFlight && left > 0 && !page.isFull()) {
                        Candidate candidate = candidates.get(next[0]++);
                        if (candidate.isBeyondHead()) {
                            page.addBeyondHead(candidate);
                            continue;
                        }
                        int share = (int) Math.min(Math.max(1, candidate.length()), left);
                        left -= share;
                        some.add(candidate);
                        shares.add(share);
                    }
                    if (some.isEmpty()) {
                        leftOut[0] = next[0] < candidates.size();
                        return CompletableFuture.completedFuture(false);
                    }
                    return read(request, some, shares, page, deadline).thenApply(done -> true);
                })
                .thenApply(done -> !leftOut[0] && !page.isFull());
    }

    private CompletableFuture<Void> read(
            SyncRequest request, List<Candidate> some, List<Integer> shares, PageAssembly page, Deadline deadline) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            indexes.add(i);
        }
        int maxBytes = page.bytesLeft();
        return Flow.map(
                        indexes,
                        readsInFlight,
                        i -> ranges.read(request.device(), some.get(i), shares.get(i), maxBytes, deadline))
                .thenAccept(read -> {
                    for (RangeReader.Range range : read) {
                        if (!page.isFull()) {
                            page.add(range);
                        } else {
                            // It was read in vain, and comes with the next page.
                            return;
                        }
                    }
                });
    }

    private CompletableFuture<List<SyncConversation>> withUnread(
            SyncRequest request, PageAssembly page, Looked looked, Deadline deadline) {
        if (!request.withUnread()) {
            return CompletableFuture.completedFuture(page.conversations());
        }
        Device device = request.device();
        return Flow.map(page.conversations(), readsInFlight, conversation -> {
            ConversationId id = conversation.conversation();
            MarkedHead head = looked.heads().getOrDefault(id.timeline(device.app()), MarkedHead.EMPTY);
            MarkedHead personal =
                    looked.heads().getOrDefault(id.personalTimeline(device.app(), device.user()), MarkedHead.EMPTY);
            return unread.count(device.app(), id, conversation.membership(), head, personal, deadline)
                    .thenApply(count -> with(conversation, count.total()));
        });
    }

    private static SyncConversation with(SyncConversation c, long unread) {
        return new SyncConversation(
                c.conversation(),
                c.kind(),
                c.membership(),
                c.after(),
                c.through(),
                c.personalThrough(),
                c.messages(),
                c.gaps(),
                c.stop(),
                c.firstAvailable(),
                c.head(),
                OptionalLong.of(unread));
    }
}
