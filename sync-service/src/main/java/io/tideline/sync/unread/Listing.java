package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.hbase.codec.SyncCodec.UserSettings;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads users' lists of conversations, with the heads and marks of all by one look. */
final class Listing {
    private static final int COUNTS_IN_FLIGHT = 16;

    private final SyncPorts ports;
    private final UnreadCounts counts;

    Listing(SyncPorts ports, UnreadCounts counts) {
        this.ports = ports;
        this.counts = counts;
    }

    /**
     * A conversation of a user's list.
     *
     * @param listed empty when the membership is known and fan-out has not brought it into the list yet
     * @param settingsVersion 0 when there are none
     */
    record Listed(
            ConversationId id,
            Optional<UserConversation> listed,
            Membership membership,
            UserSettings settings,
            long settingsVersion,
            boolean personal,
            MarkedHead head,
            MarkedHead personalHead) {
        Listed with(MarkedHead newHead, MarkedHead newPersonalHead) {
            return new Listed(id, listed, membership, settings, settingsVersion, personal, newHead, newPersonalHead);
        }
    }

    /** All of the user, in a stable order. */
    CompletableFuture<List<Listed>> all(AppId app, UserId user, Deadline deadline) {
        RecordScan scan = RecordScan.all(
                user.inbox(app),
                RecordScan.MAX_ROWS,
                RecordKind.USER_CONVERSATION,
                RecordKind.USER_SETTINGS,
                RecordKind.USER_PERSONAL);
        return Flow.all(ports.records(), scan, deadline)
                .thenCompose(found -> withHeads(app, user, listed(found), deadline));
    }

    /** One, by the membership as it is now; empty when the user never was in it. */
    CompletableFuture<Optional<Listed>> one(AppId app, UserId user, ConversationId id, Deadline deadline) {
        TimelineId inbox = user.inbox(app);
        KeyPart part = KeyPart.of(id.value());
        RecordKey memberKey = RecordKey.of(id.timeline(app), RecordKind.MEMBER, KeyPart.of(user.value()));
        RecordKey settingsKey = settingsKey(app, user, id);
        RecordKey personalKey = RecordKey.of(inbox, RecordKind.USER_PERSONAL, part);
        RecordKey listedKey = RecordKey.of(inbox, RecordKind.USER_CONVERSATION, part);
        List<RecordKey> keys = List.of(memberKey, settingsKey, personalKey, listedKey);
        return ports.records().get(keys, deadline).thenCompose(found -> {
            @Nullable TimelineRecord member = found.get(memberKey);
            if (member == null) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            Listed listed = listed(
                    id,
                    Optional.ofNullable(found.get(listedKey)).map(ConversationCodec::decodeUserConversation),
                    ConversationCodec.decodeMember(member),
                    found.get(settingsKey),
                    found.containsKey(personalKey));
            return withHeads(app, user, List.of(listed), deadline).thenApply(all -> Optional.of(all.get(0)));
        });
    }

    static RecordKey settingsKey(AppId app, UserId user, ConversationId id) {
        return RecordKey.of(user.inbox(app), RecordKind.USER_SETTINGS, KeyPart.of(id.value()));
    }

    private static List<Listed> listed(List<TimelineRecord> found) {
        Map<ConversationId, TimelineRecord> settings = new HashMap<>();
        Map<ConversationId, Boolean> personal = new HashMap<>();
        List<UserConversation> conversations = new ArrayList<>();
        for (TimelineRecord record : found) {
            ConversationId id = new ConversationId(record.key().text(0));
            switch (record.key().kind()) {
                case USER_SETTINGS -> settings.put(id, record);
                case USER_PERSONAL -> personal.put(id, true);
                default -> conversations.add(ConversationCodec.decodeUserConversation(record));
            }
        }
        return conversations.stream()
                .map(c -> listed(
                        c.conversation(),
                        Optional.of(c),
                        c.membership(),
                        settings.get(c.conversation()),
                        personal.containsKey(c.conversation())))
                .toList();
    }

    private static Listed listed(
            ConversationId id,
            Optional<UserConversation> listed,
            Membership membership,
            @Nullable TimelineRecord settings,
            boolean personal) {
        return new Listed(
                id,
                listed,
                membership,
                settings == null ? UserSettings.NONE : SyncCodec.decodeSettings(settings),
                settings == null ? 0 : settings.version(),
                personal,
                MarkedHead.EMPTY,
                MarkedHead.EMPTY);
    }

    private CompletableFuture<List<Listed>> withHeads(AppId app, UserId user, List<Listed> listed, Deadline deadline) {
        List<HeadQuery> queries = new ArrayList<>();
        for (Listed one : listed) {
            queries.add(HeadQuery.of(one.id().timeline(app)));
            if (one.personal()) {
                queries.add(HeadQuery.of(one.id().personalTimeline(app, user)));
            }
        }
        Map<TimelineId, MarkedHead> heads = new HashMap<>();
        return Flow.repeatOver(queries, TimelineStore.MAX_HEADS, some -> ports.marks()
                        .markedHeads(user.value(), some, deadline)
                        .thenAccept(heads::putAll))
                .thenApply(done -> listed.stream()
                        .map(one -> one.with(
                                heads.getOrDefault(one.id().timeline(app), MarkedHead.EMPTY),
                                heads.getOrDefault(one.id().personalTimeline(app, user), MarkedHead.EMPTY)))
                        .toList());
    }

    /** Counts each, in their order. */
    CompletableFuture<List<ConversationUnread>> count(AppId app, List<Listed> listed, Deadline deadline) {
        return Flow.map(listed, COUNTS_IN_FLIGHT, one -> count(app, one, deadline));
    }

    CompletableFuture<ConversationUnread> count(AppId app, Listed one, Deadline deadline) {
        Membership membership = one.membership();
        return counts.count(app, one.id(), membership, one.head(), one.personalHead(), deadline)
                .thenApply(unread -> new ConversationUnread(
                        one.id(),
                        unread.total(),
                        new ConversationUnread.Personal(
                                unread.personal(),
                                one.personalHead().head().last(),
                                one.personalHead().readThrough()),
                        one.settings().muted(),
                        one.settings().markedUnread(),
                        membership.isActive() ? one.head().head().last() : membership.left(),
                        one.head().readThrough(),
                        membership.isActive()));
    }
}
