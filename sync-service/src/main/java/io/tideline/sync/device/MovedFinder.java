package io.tideline.sync.device;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Membership;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.WarmUsers.DeviceState;
import io.tideline.sync.device.WarmUsers.Known;
import io.tideline.sync.device.WarmUsers.Pending;
import io.tideline.sync.device.WarmUsers.UserState;
import io.tideline.sync.internal.Flow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds which conversations have moved beyond a device's checkpoints. Cold, for a user or a device that this process does
 * not know, it looks at the list, the inbox since the device's inbox checkpoint, and heads; warm, only at what the inbox
 * got meanwhile, the rest being told by the change feed.
 *
 * <p>Nothing is missed because each look comes after its listening: a user's inbox is listened to before its list is read,
 * and a conversation before its head is.
 */
final class MovedFinder {
    private final TimelineStore store;
    private final WarmUsers warm;
    private final UserList lists;
    private final InboxReader inboxes;
    private final CheckpointStore checkpoints;
    private final SyncConfig config;
    private final Function<AppId, Instant> inboxesFrom;
    private final Meter coldUsers;
    private final Meter coldDevices;

    /** @param inboxesFrom since when the inboxes of an app hold something, as far as the app is concerned */
    MovedFinder(
            TimelineStore store,
            WarmUsers warm,
            UserList lists,
            CheckpointStore checkpoints,
            SyncConfig config,
            Function<AppId, Instant> inboxesFrom,
            MetricRegistry metrics) {
        this.store = store;
        this.warm = warm;
        this.lists = lists;
        this.inboxes = new InboxReader(store);
        this.checkpoints = checkpoints;
        this.config = config;
        this.inboxesFrom = inboxesFrom;
        this.coldUsers = metrics.meter("sync.cold.users");
        this.coldDevices = metrics.meter("sync.cold.devices");
    }

    /** A user and a device that are known now. */
    record Found(UserState user, DeviceState state) {}

    /** Makes the device known, and takes into account what its inbox got. */
    CompletableFuture<Found> find(Device device, long generation, CompletableFuture<Void> barrier, Deadline deadline) {
        TimelineId inbox = device.user().inbox(device.app());
        UserState user = warm.user(inbox);
        return warm.loaded(user, () -> loadUser(user, inbox, deadline))
                .thenCompose(done -> warm.device(
                        user, device.id(), generation, made -> loadDevice(user, made, device, generation, deadline)))
                .thenCompose(state -> barrier.thenCompose(passed -> fold(user, inbox, deadline))
                        .thenApply(done -> new Found(user, state)));
    }

    /** Makes a session known, from its device's stored checkpoints; empty when the user was dropped meanwhile. */
    CompletableFuture<Optional<Found>> open(Device device, long generation, Runnable wake, Deadline deadline) {
        TimelineId inbox = device.user().inbox(device.app());
        UserState user = warm.user(inbox);
        return warm.loaded(user, () -> loadUser(user, inbox, deadline)).thenCompose(done -> {
            Optional<DeviceState> session = warm.session(user, generation, wake);
            if (session.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            Found found = new Found(user, session.get());
            return loadDevice(user, session.get(), device, generation, deadline).handle((loaded, failure) -> {
                if (failure != null) {
                    warm.endSession(user, session.get());
                    throw new CompletionException(Flow.unwrap(failure));
                }
                return Optional.of(found);
            });
        });
    }

    /** Takes into account what the inbox of a session's user got meanwhile. */
    CompletableFuture<Void> refresh(Found found, Device device, Deadline deadline) {
        return warm.toFold(found.user()).isEmpty()
                ? CompletableFuture.completedFuture(null)
                : fold(found.user(), device.user().inbox(device.app()), deadline);
    }

    private CompletableFuture<Void> loadUser(UserState user, TimelineId inbox, Deadline deadline) {
        coldUsers.mark();
        return store.heads(List.of(HeadQuery.of(inbox)), deadline)
                .thenCompose(heads -> lists.all(inbox, deadline).thenAccept(list -> {
                    warm.know(user, list.conversations(), list.personal());
                    warm.folded(user, heads.getOrDefault(inbox, Head.EMPTY).last(), Map.of());
                }));
    }

    private CompletableFuture<Void> loadDevice(
            UserState user, DeviceState made, Device device, long generation, Deadline deadline) {
        coldDevices.mark();
        return checkpoints.all(device, generation, deadline).thenCompose(stored -> {
            TimelineId inbox = device.user().inbox(device.app());
            if (stored.inbox().isNone()) {
                return look(user, made, device, stored, Optional.empty(), Optional.empty(), deadline);
            }
            return inboxes.read(
                            inbox,
                            stored.inbox().next(),
                            stored.inbox(),
                            inboxesFrom.apply(inbox.app()),
                            config.maxInboxEntries(),
                            deadline)
                    .thenCompose(announced -> {
                        Optional<RebuildPlan> rebuild = announced
                                .oldestAvailable()
                                .map(oldest -> new RebuildPlan(
                                        stored.inbox(), oldest, warm.known(user).size()));
                        boolean trusted = rebuild.isEmpty() && announced.isComplete();
                        return look(
                                user,
                                made,
                                device,
                                stored,
                                trusted ? Optional.of(announced) : Optional.empty(),
                                rebuild,
                                deadline);
                    });
        });
    }

    /** @param announced what the inbox says of write-diffused conversations; empty when all heads have to be looked at */
    private CompletableFuture<Void> look(
            UserState user,
            DeviceState made,
            Device device,
            CheckpointStore.Stored stored,
            Optional<InboxReader.Announced> announced,
            Optional<RebuildPlan> rebuild,
            Deadline deadline) {
        Map<ConversationId, Known> known = warm.known(user);
        Set<ConversationId> named = announced.map(a -> a.moved().keySet()).orElse(Set.of());
        List<HeadQuery> queries = new ArrayList<>();
        known.forEach((id, conversation) -> {
            boolean read = conversation.conversation().diffusion() == Diffusion.READ;
            if (announced.isEmpty() || read || named.contains(id)) {
                queries.add(HeadQuery.of(id.timeline(device.app())));
            }
            if (conversation.personal()) {
                queries.add(HeadQuery.of(id.personalTimeline(device.app(), device.user())));
            }
        });
        return heads(queries, deadline).thenAccept(heads -> {
            Map<ConversationId, Pending> moved = new HashMap<>();
            known.forEach((id, conversation) ->
                    moved(id, conversation, device, heads, stored).ifPresent(pending -> moved.put(id, pending)));
            warm.addPending(made, moved, rebuild);
        });
    }

    private static Optional<Pending> moved(
            ConversationId id, Known known, Device device, Map<TimelineId, Head> heads, CheckpointStore.Stored stored) {
        TimelineId timeline = id.timeline(device.app());
        TimelineId personalTimeline = id.personalTimeline(device.app(), device.user());
        Head head = heads.getOrDefault(timeline, Head.EMPTY);
        Head personal = heads.getOrDefault(personalTimeline, Head.EMPTY);
        SequenceId end = end(head.last(), known.conversation().membership());
        boolean ahead = end.isAfter(stored.of(id)) || personal.last().isAfter(stored.ofPersonal(id));
        // A device that is beyond a head has to be told.
        boolean behind = heads.containsKey(timeline) && stored.of(id).isAfter(head.last())
                || heads.containsKey(personalTimeline) && stored.ofPersonal(id).isAfter(personal.last());
        if (!ahead && !behind) {
            return Optional.empty();
        }
        long time = Math.max(head.lastTime().toEpochMilli(), personal.lastTime().toEpochMilli());
        return Optional.of(new Pending(end.value(), personal.last().value(), time));
    }

    /** The last seq that the member may see. */
    static SequenceId end(SequenceId head, Membership membership) {
        return membership.isActive() || head.value() < membership.left().value() ? head : membership.left();
    }

    /** Of each that is asked for, also of what is empty. */
    private CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        Map<TimelineId, Head> heads = new HashMap<>();
        queries.forEach(query -> heads.put(query.timeline(), Head.EMPTY));
        return Flow.repeatOver(queries, TimelineStore.MAX_HEADS, some -> store.heads(some, deadline)
                        .thenAccept(heads::putAll))
                .thenApply(done -> heads);
    }

    /** Takes into account what the inbox got since it was last read. */
    private CompletableFuture<Void> fold(UserState user, TimelineId inbox, Deadline deadline) {
        return Flow.repeat(() -> {
            Optional<SequenceId> from = warm.toFold(user);
            return from.isEmpty()
                    ? CompletableFuture.completedFuture(false)
                    : warm.folding(user, () -> foldOnce(user, inbox, deadline)).thenApply(done -> true);
        });
    }

    private CompletableFuture<Void> foldOnce(UserState user, TimelineId inbox, Deadline deadline) {
        Optional<SequenceId> from = warm.toFold(user);
        if (from.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return inboxes.read(inbox, from.get(), from.get(), Instant.EPOCH, 1, deadline)
                .thenCompose(announced -> {
                    if (announced.oldestAvailable().isPresent()) {
                        // What is announced has expired before it was read: only the heads of all know now.
                        warm.drop(user);
                    }
                    Set<ConversationId> changed = announced.moved().keySet().stream()
                            .filter(id -> announced.changed().contains(id) || !warm.isKnown(user, id))
                            .collect(Collectors.toSet());
                    return lists.some(inbox, changed, deadline).thenAccept(list -> {
                        warm.know(user, list.conversations(), list.personal());
                        warm.folded(user, announced.through(), announced.moved());
                    });
                });
    }
}
