package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The users this process knows: which conversations they are in, and per device a superset of the conversations that have
 * moved beyond its checkpoints. A change feed adds to it, so that a sync looks at what moved and at nothing else.
 *
 * <p>Bounded: when there are too many pairs (a user and a conversation of his, a device and a conversation that may have
 * moved), the user that was not needed for longest is dropped. Users with open streams are not: dropping one would load
 * him again at once, and drop the next one. So there are only as many of them as there is room. All are dropped when the
 * feed has lost track. Who works with a dropped user finds that out by {@link #pick} and starts over.
 *
 * <p>One lock guards everything here; nothing is called under it.
 */
final class WarmUsers implements ChangeListener {
    /**
     * A conversation that may have moved: how far it is known to have come.
     *
     * @param timeMillis when, where that decides about its turn: among those that are found by one look
     */
    record Pending(long last, long personalLast, long timeMillis) {
        Pending merge(Pending other) {
            return new Pending(
                    Math.max(last, other.last),
                    Math.max(personalLast, other.personalLast),
                    Math.max(timeMillis, other.timeMillis));
        }
    }

    /** A conversation as the user's list has it. */
    record Known(UserConversation conversation, boolean personal) {}

    /**
     * What to look at for a page.
     *
     * @param pending those that have waited for longest first, of those found by one look the most recently moved
     * @param all whether nothing else is pending
     * @param inboxThrough everything that the inbox announces up to here was taken into account
     */
    record Picked(
            List<ConversationId> pending,
            Map<ConversationId, Known> known,
            Map<ConversationId, Pending> told,
            boolean all,
            SequenceId inboxThrough,
            Optional<RebuildPlan> rebuild) {}

    /** A user. Its fields are guarded by the lock of the whole. */
    static final class UserState {
        private final TimelineId inbox;
        private final Map<ConversationId, UserConversation> conversations = new HashMap<>();
        private final Set<ConversationId> personal = new HashSet<>();
        private final Map<DeviceId, DeviceState> devices = new HashMap<>();
        /** Those of open streams: what they have sent is not what their devices have acknowledged. */
        private final Set<DeviceState> sessions = new LinkedHashSet<>();

        private long inboxTold;
        private long inboxFolded;
        private boolean dropped;
        private int weight;
        /** Its weight while it has sessions, else 0. */
        private int pinned;

        private @Nullable CompletableFuture<Void> loading;
        private @Nullable CompletableFuture<Void> folding;

        private UserState(TimelineId inbox) {
            this.inbox = inbox;
        }
    }

    /** A device of a user. Its fields are guarded by the lock of the whole. */
    static final class DeviceState {
        private final UserState user;
        private final long generation;
        /** In the order of their turns. */
        private final Map<ConversationId, Pending> pending = new LinkedHashMap<>();

        private Optional<RebuildPlan> rebuild = Optional.empty();
        private @Nullable CompletableFuture<Void> loading;
        /** Run when something was added, or the user was dropped; of a session only. */
        private final @Nullable Runnable wake;

        private DeviceState(UserState user, long generation, @Nullable Runnable wake) {
            this.user = user;
            this.generation = generation;
            this.wake = wake;
        }
    }

    /** Who follows a conversation. Guarded by the lock of the whole. */
    private static final class Following {
        private final Set<UserState> users = new LinkedHashSet<>();
        /** What they were last told. */
        private long told = -1;
    }

    private final int maxPairs;
    private final Object lock = new Object();
    private final Map<TimelineId, UserState> users = new HashMap<>();
    /** Those without sessions; the one that was needed last stands last. Moves do not count as need. */
    private final LinkedHashSet<UserState> idle = new LinkedHashSet<>();

    private final Map<TimelineId, Following> following = new HashMap<>();
    /** Sessions of users that were dropped, to be woken as soon as the lock is left. */
    private final List<Runnable> toWake = new ArrayList<>();

    private volatile MoveListener listener = (timeline, last, wakes) -> wakes.forEach(Runnable::run);
    private int pairs;
    /** Those of users with sessions. */
    private int pinnedPairs;

    WarmUsers(int maxPairs) {
        this.maxPairs = maxPairs;
    }

    /** Who wakes the sessions that a move concerns; until there is one they are woken at once. */
    void onMove(MoveListener newListener) {
        listener = newListener;
    }

    private void wakeDropped() {
        List<Runnable> wakes;
        synchronized (lock) {
            if (toWake.isEmpty()) {
                return;
            }
            wakes = List.copyOf(toWake);
            toWake.clear();
        }
        wakes.forEach(Runnable::run);
    }

    /**
     * Adds a session of the user, which hears of what moves from now on; empty when the user was dropped.
     *
     * @throws OverloadedException when users with sessions leave no room for another
     */
    Optional<DeviceState> session(UserState user, long generation, Runnable wake) {
        DeviceState made = new DeviceState(user, generation, wake);
        synchronized (lock) {
            if (user.dropped) {
                return Optional.empty();
            }
            if (user.sessions.isEmpty() && pinnedPairs > 0 && pinnedPairs + user.weight > maxPairs) {
                throw new OverloadedException(
                        "as many devices are subscribed here as there is memory for",
                        Map.of("pairs", Integer.toString(maxPairs)),
                        null);
            }
            user.sessions.add(made);
            idle.remove(user);
            weigh(user);
            shrink(user);
        }
        wakeDropped();
        return Optional.of(made);
    }

    void endSession(UserState user, DeviceState session) {
        synchronized (lock) {
            user.sessions.remove(session);
            if (user.sessions.isEmpty() && !user.dropped) {
                idle.add(user);
            }
            weigh(user);
            shrink(user);
        }
    }

    /** The user's state, a new one when it is not known. */
    UserState user(TimelineId inbox) {
        synchronized (lock) {
            @Nullable UserState known = users.get(inbox);
            if (known != null) {
                if (idle.remove(known)) {
                    idle.add(known);
                }
                return known;
            }
            UserState made = new UserState(inbox);
            users.put(inbox, made);
            idle.add(made);
            weigh(made);
            shrink(made);
            return made;
        }
    }

    /** Every state of the user that is to hear of moves. Must be called under the lock. */
    private static void forEachState(UserState user, Consumer<DeviceState> action) {
        user.devices.values().forEach(action);
        user.sessions.forEach(action);
    }

    /** Loads the user once; who comes meanwhile waits for the same. A failure drops the user. */
    CompletableFuture<Void> loaded(UserState user, Supplier<CompletableFuture<Void>> load) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (lock) {
            if (user.loading != null) {
                return user.loading;
            }
            user.loading = mine;
        }
        Flow.listen(Flow.call(load), (done, failure) -> {
            if (failure == null) {
                mine.complete(null);
            } else {
                drop(user);
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    /** Loads the device once, in the same way. */
    CompletableFuture<DeviceState> device(
            UserState user, DeviceId id, long generation, Function<DeviceState, CompletableFuture<Void>> load) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        DeviceState made;
        synchronized (lock) {
            @Nullable DeviceState known = user.devices.get(id);
            if (known != null && known.generation == generation && known.loading != null) {
                return known.loading.thenApply(done -> known);
            }
            made = new DeviceState(user, generation, null);
            made.loading = mine;
            user.devices.put(id, made);
            weigh(user);
            shrink(user);
        }
        Flow.listen(Flow.call(() -> load.apply(made)), (done, failure) -> {
            if (failure == null) {
                mine.complete(null);
            } else {
                synchronized (lock) {
                    user.devices.remove(id, made);
                    weigh(user);
                }
                mine.completeExceptionally(failure);
            }
        });
        return mine.thenApply(done -> made);
    }

    /** Puts conversations into the user's list, from where on their moves are heard. */
    void know(UserState user, Collection<UserConversation> conversations, Collection<ConversationId> personal) {
        synchronized (lock) {
            user.personal.addAll(personal);
            for (UserConversation conversation : conversations) {
                user.conversations.merge(
                        conversation.conversation(), conversation, (a, b) -> a.version() > b.version() ? a : b);
                if (!user.dropped) {
                    following
                            .computeIfAbsent(
                                    conversation.conversation().timeline(user.inbox.app()), id -> new Following())
                            .users
                            .add(user);
                }
            }
            weigh(user);
            shrink(user);
        }
        wakeDropped();
    }

    Map<ConversationId, Known> known(UserState user) {
        synchronized (lock) {
            Map<ConversationId, Known> known = new HashMap<>();
            user.conversations.forEach(
                    (id, conversation) -> known.put(id, new Known(conversation, user.personal.contains(id))));
            return known;
        }
    }

    boolean isKnown(UserState user, ConversationId conversation) {
        synchronized (lock) {
            return user.conversations.containsKey(conversation);
        }
    }

    /** The inbox was read up to {@code through}; these of its conversations may have moved. */
    void folded(UserState user, SequenceId through, Map<ConversationId, Pending> moved) {
        List<Runnable> wakes = new ArrayList<>();
        synchronized (lock) {
            if (through.value() > user.inboxTold) {
                // More than was told: when it is told, there will be nothing to wake other sessions for.
                user.sessions.forEach(session -> addWake(session, wakes));
            }
            user.inboxFolded = Math.max(user.inboxFolded, through.value());
            user.inboxTold = Math.max(user.inboxTold, through.value());
            forEachState(user, device -> addAll(device, moved));
            weigh(user);
            shrink(user);
        }
        wakes.forEach(Runnable::run);
    }

    /** The first seq of the inbox that is told of and not yet read; empty when there is none. */
    Optional<SequenceId> toFold(UserState user) {
        synchronized (lock) {
            return user.inboxTold > user.inboxFolded
                    ? Optional.of(SequenceId.of(user.inboxFolded + 1))
                    : Optional.empty();
        }
    }

    /** Runs one fold of the user at a time; who comes meanwhile waits for the one under way. */
    CompletableFuture<Void> folding(UserState user, Supplier<CompletableFuture<Void>> fold) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (lock) {
            if (user.folding != null) {
                return user.folding;
            }
            user.folding = mine;
        }
        Flow.listen(Flow.call(fold), (done, failure) -> {
            synchronized (lock) {
                user.folding = null;
            }
            if (failure == null) {
                mine.complete(null);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    void addPending(DeviceState device, Map<ConversationId, Pending> moved, Optional<RebuildPlan> rebuild) {
        synchronized (lock) {
            addAll(device, moved);
            device.rebuild = rebuild;
            weigh(device.user);
            shrink(device.user);
        }
    }

    private static void addAll(DeviceState device, Map<ConversationId, Pending> moved) {
        moved.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<ConversationId, Pending> e) ->
                                -e.getValue().timeMillis())
                        .thenComparing(e -> e.getKey().value()))
                .forEach(e -> add(device, e.getKey(), e.getValue()));
    }

    private static void add(DeviceState device, ConversationId id, Pending pending) {
        device.pending.merge(id, pending, Pending::merge);
    }

    /** What to look at now; empty when the user was dropped and has to be loaded again. */
    Optional<Picked> pick(UserState user, DeviceState device, int most) {
        synchronized (lock) {
            if (user.dropped) {
                return Optional.empty();
            }
            List<ConversationId> picked =
                    device.pending.keySet().stream().limit(most).toList();
            Map<ConversationId, Known> known = new HashMap<>();
            Map<ConversationId, Pending> told = new HashMap<>();
            for (ConversationId id : picked) {
                @Nullable UserConversation conversation = user.conversations.get(id);
                if (conversation != null) {
                    known.put(id, new Known(conversation, user.personal.contains(id)));
                }
                @Nullable Pending pending = device.pending.get(id);
                if (pending != null) {
                    told.put(id, pending);
                }
            }
            boolean all = picked.size() == device.pending.size();
            return Optional.of(new Picked(picked, known, told, all, SequenceId.of(user.inboxFolded), device.rebuild));
        }
    }

    /**
     * These were looked at. What is known of a conversation may be older than what was found: its user joined it before
     * this process followed it, say. A page that brings a part of it must not settle the rest.
     *
     * @param ends of those that the device has not got wholly
     * @param done of those that it has
     * @return whether one of them is not pending any more
     */
    boolean looked(DeviceState device, Map<ConversationId, Pending> ends, Map<ConversationId, Pending> done) {
        synchronized (lock) {
            ends.forEach((id, end) -> add(device, id, end));
            return settle(device, done);
        }
    }

    /**
     * The device has everything of these up to what is given here. What came after stays pending, behind all others: what
     * moves all the time must not keep them from their turn.
     *
     * @return whether one of them is not pending any more
     */
    boolean settle(DeviceState device, Map<ConversationId, Pending> done) {
        synchronized (lock) {
            int before = device.pending.size();
            done.forEach((id, through) -> {
                @Nullable Pending pending = device.pending.remove(id);
                if (pending != null
                        && (pending.last() > through.last() || pending.personalLast() > through.personalLast())) {
                    device.pending.put(id, pending);
                }
            });
            weigh(device.user);
            return device.pending.size() < before;
        }
    }

    /** What a device has acknowledged. */
    void acknowledged(TimelineId inbox, DeviceId id, long generation, List<Checkpoint> checkpoints, boolean inboxDone) {
        synchronized (lock) {
            @Nullable UserState user = users.get(inbox);
            @Nullable DeviceState device = user == null ? null : user.devices.get(id);
            if (device == null || device.generation != generation) {
                return;
            }
            Map<ConversationId, Pending> done = new HashMap<>();
            for (Checkpoint c : checkpoints) {
                done.put(
                        c.conversation(),
                        new Pending(c.through().value(), c.personalThrough().value(), 0));
            }
            settle(device, done);
            if (inboxDone) {
                device.rebuild = Optional.empty();
            }
        }
    }

    void forget(TimelineId inbox, DeviceId id) {
        synchronized (lock) {
            @Nullable UserState user = users.get(inbox);
            if (user != null) {
                user.devices.remove(id);
                weigh(user);
            }
        }
    }

    /** After each change of what a user takes. Must be called under the lock. */
    private void weigh(UserState user) {
        if (user.dropped) {
            return;
        }
        int weight = 1 + user.conversations.size();
        for (DeviceState device : user.devices.values()) {
            weight += 1 + device.pending.size();
        }
        for (DeviceState session : user.sessions) {
            weight += 1 + session.pending.size();
        }
        int pinned = user.sessions.isEmpty() ? 0 : weight;
        pairs += weight - user.weight;
        pinnedPairs += pinned - user.pinned;
        user.weight = weight;
        user.pinned = pinned;
    }

    /** Drops users until there is room, but not {@code needed}. Must be called under the lock. */
    private void shrink(@Nullable UserState needed) {
        while (pairs > maxPairs) {
            Optional<UserState> oldest =
                    idle.stream().filter(user -> user != needed).findFirst();
            if (oldest.isEmpty()) {
                return;
            }
            remove(oldest.get());
        }
    }

    /** Lets go of a user of whom something may have been missed; his sessions find that out. */
    void drop(UserState user) {
        synchronized (lock) {
            remove(user);
        }
        wakeDropped();
    }

    /** His sessions are to be woken when the lock is left. Must be called under it. */
    private void remove(UserState user) {
        if (user.dropped) {
            return;
        }
        user.dropped = true;
        for (DeviceState session : user.sessions) {
            if (session.wake != null) {
                toWake.add(session.wake);
            }
        }
        pairs -= user.weight;
        pinnedPairs -= user.pinned;
        users.remove(user.inbox, user);
        idle.remove(user);
        for (ConversationId id : user.conversations.keySet()) {
            TimelineId timeline = id.timeline(user.inbox.app());
            @Nullable Following followed = following.get(timeline);
            if (followed != null && followed.users.remove(user) && followed.users.isEmpty()) {
                following.remove(timeline);
            }
        }
    }

    int pairs() {
        synchronized (lock) {
            return pairs;
        }
    }

    /** What is to be woken because of one change. */
    private record Woken(Change change, List<Runnable> wakes) {}

    @Override
    public void changed(List<Change> changes) {
        List<Woken> woken = new ArrayList<>();
        synchronized (lock) {
            for (Change change : changes) {
                List<Runnable> wakes = changed(change);
                if (!wakes.isEmpty()) {
                    woken.add(new Woken(change, wakes));
                }
            }
            shrink(null);
        }
        woken.forEach(w -> listener.moved(w.change().timeline(), w.change().last(), w.wakes()));
    }

    private List<Runnable> changed(Change change) {
        TimelineId timeline = change.timeline();
        long last = change.last().value();
        List<Runnable> wakes = new ArrayList<>();
        if (timeline.family() == TimelineFamily.CONVERSATION) {
            @Nullable Following followed = following.get(timeline);
            // Most changes are told twice, by a hint and by the feed.
            if (followed != null && followed.told != last) {
                followed.told = last;
                ConversationId id = new ConversationId(timeline.name());
                followed.users.forEach(user -> addToAll(user, id, new Pending(last, 0, 0), wakes));
            }
        } else if (timeline.family() == TimelineFamily.INBOX) {
            @Nullable UserState user = users.get(timeline);
            if (user != null && last > user.inboxTold) {
                user.inboxTold = last;
                user.sessions.forEach(session -> addWake(session, wakes));
            }
        }
        return wakes;
    }

    private void addToAll(UserState user, ConversationId id, Pending pending, List<Runnable> wakes) {
        user.devices.values().forEach(device -> add(device, id, pending));
        for (DeviceState session : user.sessions) {
            @Nullable Pending before = session.pending.get(id);
            // Also when the inbox has told as much: only who is woken from here is woken when the messages were read.
            if (before == null || before.last() <= pending.last()) {
                add(session, id, pending);
                addWake(session, wakes);
            }
        }
        weigh(user);
    }

    private static void addWake(DeviceState session, List<Runnable> wakes) {
        if (session.wake != null) {
            wakes.add(session.wake);
        }
    }

    @Override
    public void lostTrack() {
        synchronized (lock) {
            new ArrayList<>(users.values()).forEach(this::remove);
        }
        wakeDropped();
    }
}
