package io.tideline.sync.device;

import com.google.common.hash.Hashing;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.device.MovedFinder.Found;
import io.tideline.sync.device.WarmUsers.Known;
import io.tideline.sync.device.WarmUsers.Pending;
import io.tideline.sync.device.WarmUsers.Picked;
import io.tideline.sync.internal.Flow;
import io.tideline.sync.internal.Gate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream of pages for one device: each goes on where the one before ended, whether or not that was acknowledged. What is
 * not acknowledged when the cursor is closed comes again with the next sync.
 *
 * <p>{@link #next} is called by one thread at a time; acknowledgements may come on another.
 *
 * <p>Most pages of a busy conversation are made without a read: the cursor knows what it sent last, and the messages after
 * that are the same for all. Because it sends every event in order, it sees the one that ends its user's membership, and
 * from there on leaves the conversation to the full way, which reads the membership.
 */
public final class DeviceCursor implements AutoCloseable {
    /** How often a user may be dropped from memory under a page, or a look come to nothing. */
    private static final int MAX_TRIES = 5;

    /** What a cursor works with. */
    record Services(
            MovedFinder finder,
            WarmUsers warm,
            PageBuilder pages,
            SyncTokens tokens,
            RecentSource recent,
            Gate loads,
            Supplier<Deadline> deadlines,
            Acknowledgement acknowledgement,
            Consumer<DeviceCursor> onEnd) {}

    /**
     * When so many conversations stand in a token, no page before goes into it. What is left out comes again to a device
     * that brings the token to another stream.
     */
    private static final int MOST_REMEMBERED = 100;

    /** Stores checkpoints. */
    interface Acknowledgement {
        CompletableFuture<Void> store(
                Device device,
                long generation,
                SequenceId inboxThrough,
                List<Checkpoint> checkpoints,
                Deadline deadline);
    }

    /**
     * A page.
     *
     * @param token its fingerprint: of a device that acknowledges nothing hundreds of pages are kept here
     * @param weight its messages, 1 if it has none
     */
    private record Sent(long token, SequenceId inboxThrough, List<SyncCodec.Delivered> parts, int weight) {}

    private final SyncRequest request;
    private final long generation;
    private final long number;
    private final Services services;
    private final Runnable wake;
    private final Map<ConversationId, SyncCodec.Delivered> sent = new HashMap<>();
    /**
     * Those that were sent since the user is in memory. Only of these it is sure that whatever came behind what was sent has
     * been told: the list from which the user was loaded may have been older than a joining, or a switch of diffusion.
     */
    private final Set<ConversationId> followed = new HashSet<>();

    /** Per conversation the seq of the last event that may have ended the membership, or begun another. */
    private final Map<ConversationId, Long> membershipChanged = new HashMap<>();

    /** What has to be read was left out of the page before: it must not wait for as long as something comes without. */
    private boolean toBeReadNext;

    private volatile @Nullable Found found;
    private volatile boolean closed;
    private volatile boolean forgotten;
    private volatile boolean replaced;

    /** Guards what follows. */
    private final Object ackLock = new Object();

    private final Deque<Sent> unacknowledged = new ArrayDeque<>();
    private int unacknowledgedMessages;
    private Map<ConversationId, SyncCodec.Delivered> toStore = new HashMap<>();
    private SequenceId inboxToStore = SequenceId.NONE;
    private SequenceId inboxStored = SequenceId.NONE;
    private CompletableFuture<Void> storing = CompletableFuture.completedFuture(null);
    private List<SyncCodec.Delivered> beingStored = List.of();

    /** @param number of the device's streams, of whatever server: there may be newer ones with higher numbers */
    DeviceCursor(SyncRequest request, long generation, long number, Services services, Runnable wake) {
        this.request = request;
        this.generation = generation;
        this.number = number;
        this.services = services;
        this.wake = wake;
    }

    public Device device() {
        return request.device();
    }

    /** The generation of the device for which this was opened. */
    long generation() {
        return generation;
    }

    /** Higher than those of all streams of this generation of the device that were opened before, on any server. */
    long number() {
        return number;
    }

    SyncCodec.StreamOrigin origin() {
        return request.origin();
    }

    /** Whether the device was forgotten since this was opened: then there are no more pages. */
    public boolean isForgotten() {
        return forgotten;
    }

    /**
     * The device is forgotten: nothing that it has acknowledged, or will, is stored any more.
     *
     * @return done when what is being stored is stored, or has failed; never fails
     */
    CompletableFuture<Void> forget() {
        CompletableFuture<Void> underWay;
        synchronized (ackLock) {
            forgotten = true;
            underWay = storing;
        }
        close();
        wake.run();
        return underWay.handle((done, failure) -> null);
    }

    /** Whether the device has a newer stream on another server: then there are no more pages. */
    public boolean isReplaced() {
        return replaced;
    }

    /** The device has a newer stream: what it has acknowledged on this one is stored when that ends. */
    void replace() {
        replaced = true;
        close();
        wake.run();
    }

    /** The next page, empty when there is nothing to send now: {@code wake} is run when there may be. */
    public CompletableFuture<Optional<SyncPage>> next() {
        Result result = new Result();
        return Flow.repeat(() -> {
                    if (closed) {
                        return CompletableFuture.completedFuture(false);
                    }
                    if (result.tries++ == MAX_TRIES) {
                        throw new OverloadedException("too many users for the memory of sync", Map.of(), null);
                    }
                    return located()
                            .thenCompose(at -> at.isEmpty()
                                    ? CompletableFuture.completedFuture(true)
                                    : attempt(
                                            at.get(),
                                            result,
                                            services.deadlines().get()));
                })
                .thenApply(done -> result.page);
    }

    private static final class Result {
        private int tries;
        private Optional<SyncPage> page = Optional.empty();
    }

    private CompletableFuture<Optional<Found>> located() {
        @Nullable Found known = found;
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        return services.loads()
                .pass(() -> services.finder()
                        .open(device(), generation, wake, services.deadlines().get()))
                .thenApply(opened -> {
                    found = opened.orElse(null);
                    followed.clear();
                    // Looked at after the cursor can be seen to be open: whoever closes looks after having said so.
                    if (closed) {
                        close();
                    }
                    return opened;
                });
    }

    /** One look at what is pending; whether to look again. */
    private CompletableFuture<Boolean> attempt(Found at, Result result, Deadline deadline) {
        return services.finder().refresh(at, device(), deadline).thenCompose(done -> {
            Optional<Picked> picked =
                    services.warm().pick(at.user(), at.state(), request.limits().maxConversations());
            if (picked.isEmpty()) {
                found = null;
                return CompletableFuture.completedFuture(true);
            }
            if (picked.get().pending().isEmpty()) {
                return CompletableFuture.completedFuture(false);
            }
            Shared shared = withoutReading(at, picked.get());
            if (shared.settled()) {
                result.tries = 0;
            }
            boolean toBeReadNow = toBeReadNext;
            toBeReadNext = shared.toBeRead() > 0 && !toBeReadNow;
            if (!shared.ready().isEmpty() && (shared.toBeRead() == 0 || !toBeReadNow)) {
                boolean all = shared.ready().size() == picked.get().pending().size();
                return send(at, picked.get(), shared.ready(), all, result, deadline);
            }
            return shared.toBeRead() == 0
                    ? CompletableFuture.completedFuture(
                            shared.settled() && !picked.get().all())
                    : read(at, picked.get(), result, deadline);
        });
    }

    private CompletableFuture<Boolean> read(Found at, Picked picked, Result result, Deadline deadline) {
        return services.pages()
                .build(request, generation, picked, sent.values(), deadline)
                .thenCompose(built -> {
                    if (services.warm().looked(at.state(), built.ends(), built.settled())) {
                        result.tries = 0;
                    }
                    boolean all = picked.all() && built.complete();
                    if (built.conversations().isEmpty()) {
                        // Either nothing was new, or there is more to look at.
                        return CompletableFuture.completedFuture(!picked.all());
                    }
                    return send(at, picked, built.conversations(), all, result, deadline);
                });
    }

    /**
     * What needs no read of its own.
     *
     * @param ready conversations whose news is the same for all devices
     * @param toBeRead how many are neither ready, nor without news, nor being read for all
     * @param settled whether some were without news, so that others may be picked instead
     */
    private record Shared(List<SyncConversation> ready, int toBeRead, boolean settled) {}

    private Shared withoutReading(Found at, Picked picked) {
        List<SyncConversation> ready = new ArrayList<>();
        int toBeRead = 0;
        Map<ConversationId, Pending> nothingNew = new HashMap<>();
        for (ConversationId id : picked.pending()) {
            SyncCodec.@Nullable Delivered last = followed.contains(id) ? sent.get(id) : null;
            @Nullable Known known = picked.known().get(id);
            @Nullable Pending told = picked.told().get(id);
            if (last == null || known == null || told == null || !isCertain(known)) {
                toBeRead++;
                continue;
            }
            boolean personal = told.personalLast() > last.personalThrough().value();
            if (!personal && told.last() <= last.through().value()) {
                nothingNew.put(id, told);
            } else if (personal || !known.conversation().membership().isActive()) {
                toBeRead++;
            } else {
                SequenceId through = SequenceId.of(told.last());
                Optional<SyncConversation> shared = fromRecent(id, known, last, through);
                shared.ifPresent(ready::add);
                // Whoever told of it wakes this cursor when the read for all has ended.
                boolean coming = services.recent().isComing(id.timeline(device().app()), through);
                toBeRead += shared.isPresent() || coming && isCertain(known) ? 0 : 1;
            }
        }
        services.warm().settle(at.state(), nothingNew);
        return new Shared(ready, toBeRead, !nothingNew.isEmpty());
    }

    private Optional<SyncConversation> fromRecent(
            ConversationId id, Known known, SyncCodec.Delivered last, SequenceId through) {
        Membership membership = known.conversation().membership();
        Optional<List<MessageView>> recent =
                services.recent().after(id.timeline(device().app()), last.through(), through);
        if (recent.isEmpty()
                || last.through().next().value() < membership.visibleFrom().value()) {
            return Optional.empty();
        }
        noteMembership(id, recent.get());
        if (!isCertain(known)) {
            return Optional.empty();
        }
        List<MessageView> messages = recent.get();
        SequenceId end = messages.get(messages.size() - 1).entry().seq();
        return Optional.of(new SyncConversation(
                id,
                known.conversation().kind(),
                membership,
                last.through(),
                end,
                last.personalThrough(),
                messages,
                List.of(),
                RangeStop.HEAD,
                membership.visibleFrom(),
                end,
                OptionalLong.empty()));
    }

    private void noteMembership(ConversationId id, List<MessageView> messages) {
        for (MessageView message : messages) {
            if (maySetMembership(message)) {
                membershipChanged.merge(id, message.entry().seq().value(), Math::max);
            }
        }
    }

    /** Whether the list knows what the last event of the kind has made of the membership. */
    private boolean isCertain(Known known) {
        long changed = membershipChanged.getOrDefault(known.conversation().conversation(), 0L);
        return known.conversation().version() >= changed;
    }

    private boolean maySetMembership(MessageView message) {
        @Nullable ConversationEvent event = message.event().orElse(null);
        UserId user = device().user();
        return event instanceof ConversationEvent.Dissolved
                || event instanceof ConversationEvent.Left left && left.user().equals(user)
                || event instanceof ConversationEvent.Joined joined
                        && joined.users().contains(user);
    }

    private CompletableFuture<Boolean> send(
            Found at,
            Picked picked,
            List<SyncConversation> conversations,
            boolean all,
            Result result,
            Deadline deadline) {
        List<SyncCodec.Delivered> parts = new ArrayList<>();
        Map<ConversationId, Pending> settled = new HashMap<>();
        int messages = 0;
        for (SyncConversation c : conversations) {
            if (c.stop() == RangeStop.BEYOND_HEAD) {
                continue;
            }
            parts.add(new SyncCodec.Delivered(c.conversation(), c.through(), c.personalThrough()));
            settled.put(
                    c.conversation(),
                    new Pending(c.through().value(), c.personalThrough().value(), 0));
            messages += c.messages().size();
            noteMembership(c.conversation(), c.messages());
            if (!c.membership().isActive()) {
                // The device may have that event already, so that it is not in the page.
                membershipChanged.merge(c.conversation(), c.membership().left().value(), Math::max);
            }
        }
        SequenceId inbox = all && picked.all() ? picked.inboxThrough() : SequenceId.NONE;
        int count = messages;
        return services.tokens()
                .make(device(), tokenFor(inbox, parts), deadline)
                .thenApply(token -> {
                    parts.forEach(part -> {
                        sent.put(part.conversation(), part);
                        followed.add(part.conversation());
                    });
                    services.warm().settle(at.state(), settled);
                    if (all) {
                        services.warm().addPending(at.state(), Map.of(), Optional.empty());
                    }
                    synchronized (ackLock) {
                        Sent page = new Sent(fingerprint(token), inbox, parts, Math.max(1, count));
                        unacknowledged.add(page);
                        unacknowledgedMessages += page.weight();
                    }
                    result.page = Optional.of(new SyncPage(conversations, picked.rebuild(), token, !all));
                    return false;
                });
    }

    /**
     * Says, beside what this page delivers, what those before it did and is not stored yet: who has stored this page has
     * stored them, and their acknowledgements may be lost with the stream, or with this process.
     */
    private SyncCodec.Token tokenFor(SequenceId inbox, List<SyncCodec.Delivered> parts) {
        Map<ConversationId, SyncCodec.Delivered> delivered = new HashMap<>();
        SequenceId inboxThrough = inbox;
        parts.forEach(part -> delivered.put(part.conversation(), part));
        synchronized (ackLock) {
            // The latest first: of a conversation that is there already they say less.
            Iterator<Sent> pages = unacknowledged.descendingIterator();
            while (pages.hasNext() && delivered.size() < MOST_REMEMBERED) {
                Sent page = pages.next();
                page.parts().forEach(part -> delivered.putIfAbsent(part.conversation(), part));
                inboxThrough = inboxThrough.max(page.inboxThrough());
            }
            if (delivered.size() + toStore.size() + beingStored.size() <= MOST_REMEMBERED) {
                toStore.values().forEach(part -> delivered.putIfAbsent(part.conversation(), part));
                beingStored.forEach(part -> delivered.putIfAbsent(part.conversation(), part));
            }
        }
        return new SyncCodec.Token(generation, inboxThrough, List.copyOf(delivered.values()));
    }

    private static long fingerprint(String token) {
        return Hashing.farmHashFingerprint64()
                .hashString(token, StandardCharsets.ISO_8859_1)
                .asLong();
    }

    /** How many messages were sent and not acknowledged; a page without any counts as one. */
    public int unacknowledgedMessages() {
        synchronized (ackLock) {
            return unacknowledgedMessages;
        }
    }

    /** Conversations that have moved and were not sent yet, at most {@code most}. */
    public Set<ConversationId> waiting(int most) {
        @Nullable Found at = found;
        return at == null
                ? Set.of()
                : services.warm()
                        .pick(at.user(), at.state(), most)
                        .map(picked -> Set.copyOf(picked.pending()))
                        .orElse(Set.of());
    }

    /**
     * The device has stored the page of this token, and so all before it. Kept in memory until {@link #store}.
     *
     * @return false when this cursor has not sent the page
     */
    public boolean acknowledge(String token) {
        long acknowledged = fingerprint(token);
        synchronized (ackLock) {
            if (unacknowledged.stream().noneMatch(page -> page.token() == acknowledged)) {
                return false;
            }
            boolean more = true;
            while (more) {
                Sent page = unacknowledged.remove();
                unacknowledgedMessages -= page.weight();
                page.parts().forEach(part -> toStore.put(part.conversation(), part));
                inboxToStore = inboxToStore.max(page.inboxThrough());
                more = page.token() != acknowledged;
            }
            return true;
        }
    }

    /**
     * Stores what was acknowledged since the last time; done when that, and what was being stored already, is stored.
     * What cannot be stored is stored the next time.
     */
    public CompletableFuture<Void> store(Deadline deadline) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> before;
        synchronized (ackLock) {
            before = storing;
            storing = mine;
        }
        Flow.listen(
                before,
                (done, earlier) -> Flow.listen(Flow.call(() -> storeNow(deadline)), (stored, failure) -> {
                    if (failure == null) {
                        mine.complete(null);
                    } else {
                        mine.completeExceptionally(failure);
                    }
                }));
        return mine;
    }

    private CompletableFuture<Void> storeNow(Deadline deadline) {
        Collection<SyncCodec.Delivered> parts;
        SequenceId inbox;
        synchronized (ackLock) {
            // Pages of busy conversations bring the same end of a quiet inbox again and again.
            inbox = inboxToStore.isAfter(inboxStored) ? inboxToStore : SequenceId.NONE;
            if (forgotten || toStore.isEmpty() && inbox.isNone()) {
                return CompletableFuture.completedFuture(null);
            }
            parts = toStore.values();
            beingStored = List.copyOf(parts);
            toStore = new HashMap<>();
            inboxToStore = SequenceId.NONE;
        }
        List<Checkpoint> checkpoints = parts.stream()
                .map(part -> new Checkpoint(part.conversation(), part.through(), part.personalThrough()))
                .toList();
        return services.acknowledgement()
                .store(device(), generation, inbox, checkpoints, deadline)
                .whenComplete((done, failure) -> {
                    synchronized (ackLock) {
                        if (failure != null) {
                            // What was acknowledged since goes farther, so it stands for this where it has it, too.
                            beingStored.forEach(part -> toStore.putIfAbsent(part.conversation(), part));
                            inboxToStore = inboxToStore.max(inbox);
                        } else {
                            inboxStored = inboxStored.max(inbox);
                        }
                        beingStored = List.of();
                    }
                });
    }

    /** Stops following, and stores what was acknowledged. */
    public CompletableFuture<Void> end(Deadline deadline) {
        close();
        return store(deadline).whenComplete((done, failure) -> services.onEnd().accept(this));
    }

    /** Stops following. */
    @Override
    public void close() {
        closed = true;
        @Nullable Found at = found;
        if (at != null) {
            services.warm().endSession(at.user(), at.state());
        }
    }
}
