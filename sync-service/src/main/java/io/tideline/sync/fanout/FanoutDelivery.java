package io.tideline.sync.fanout;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Brings a plan to the members it concerns, a page of members at a time. */
final class FanoutDelivery {
    private final FanoutServices services;
    private final TimelineId timeline;
    private final ConversationKind kind;
    private final FanoutLease lease;

    FanoutDelivery(FanoutServices services, TimelineId timeline, ConversationKind kind, FanoutLease lease) {
        this.services = services;
        this.timeline = timeline;
        this.kind = kind;
        this.lease = lease;
    }

    CompletableFuture<Void> deliver(FanoutPlan plan) {
        if (plan.reachesAll()) {
            return deliverToAll(plan);
        }
        List<RecordKey> keys = plan.concerned().keySet().stream()
                .map(user -> RecordKey.of(timeline, RecordKind.MEMBER, KeyPart.of(user.value())))
                .toList();
        return Flow.repeatOver(keys, services.config().membersPerPage(), some -> services.records()
                .get(some, deadline())
                .thenCompose(found -> deliverTo(plan, members(found.values()))));
    }

    private CompletableFuture<Void> deliverToAll(FanoutPlan plan) {
        int pageSize = services.config().membersPerPage();
        Optional<List<Membership>> known = services.members().of(timeline, plan);
        if (known.isPresent()) {
            return Flow.repeatOver(known.get(), pageSize, page -> deliverTo(plan, page))
                    .thenRun(() -> services.members().put(timeline, plan.through(), known.get()));
        }
        List<Membership> all = new ArrayList<>();
        RecordScan scan = RecordScan.all(timeline, pageSize, RecordKind.MEMBER);
        return Flow.eachPage(services.records(), scan, this::deadline, page -> {
                    List<Membership> members = members(page);
                    if (all.size() <= MemberLists.MAX_MEMBERS) {
                        all.addAll(members);
                    }
                    return deliverTo(plan, members);
                })
                .thenRun(() -> keep(plan, all));
    }

    private void keep(FanoutPlan plan, List<Membership> all) {
        if (all.size() <= MemberLists.MAX_MEMBERS) {
            services.members().put(timeline, plan.through(), List.copyOf(all));
        } else {
            services.members().drop(timeline);
        }
    }

    private static List<Membership> members(Collection<TimelineRecord> records) {
        return records.stream().map(ConversationCodec::decodeMember).toList();
    }

    private CompletableFuture<Void> deliverTo(FanoutPlan plan, List<Membership> members) {
        return lease.keep()
                .thenCompose(kept -> plan.inboxFirst()
                        ? tell(plan, members).thenCompose(told -> list(plan, members))
                        : list(plan, members).thenCompose(listed -> tell(plan, members)));
    }

    private CompletableFuture<Void> list(FanoutPlan plan, List<Membership> members) {
        List<TimelineRecord> records = new ArrayList<>();
        for (Membership member : plan.renewsLists() ? members : List.<Membership>of()) {
            SequenceId version = plan.listVersion(member);
            if (!version.isNone()) {
                records.add(listRecord(plan, member, version));
            }
        }
        return records.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : lease.holding(() -> services.records().raise(records, deadline()));
    }

    private TimelineRecord listRecord(FanoutPlan plan, Membership member, SequenceId version) {
        ConversationId id = plan.conversation();
        UserConversation listed = new UserConversation(id, kind, plan.next(), plan.listed(member), version.value());
        RecordKey key = RecordKey.of(inbox(member.user()), RecordKind.USER_CONVERSATION, KeyPart.of(id.value()));
        return new TimelineRecord(key, version.value(), ConversationCodec.encode(listed));
    }

    /** Keeps the lease before each inbox: a page of members times a step of entries may take longer than the lease. */
    private CompletableFuture<Void> tell(FanoutPlan plan, List<Membership> members) {
        Map<SequenceId, NewEntry> references = new ConcurrentHashMap<>();
        return Flow.forEach(members, services.config().inboxesInFlight(), member -> {
            List<NewEntry> entries = plan.inboxEntries(member, references);
            return entries.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : lease.holding(() -> services.store()
                            .append(new TimelineAppend(inbox(member.user()), entries), deadline())
                            .thenAccept(this::count));
        });
    }

    private void count(AppendOutcome outcome) {
        // A conflict cannot be: the same entry always makes the same event. If it is, the inbox names the entry
        // already.
        if (outcome instanceof AppendOutcome.Appended appended) {
            for (Receipt receipt : appended.receipts()) {
                (receipt.repeated()
                                ? services.metrics().repeated()
                                : services.metrics().written())
                        .mark();
            }
        }
    }

    private TimelineId inbox(UserId user) {
        return user.inbox(timeline.app());
    }

    private Deadline deadline() {
        return Deadline.after(services.config().requestTimeout());
    }
}
