package io.tideline.sync.push;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageDecoder;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.RecentSource;
import io.tideline.sync.internal.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of the conversations that somebody follows here, as they were when they were sent: one read serves
 * all devices. What becomes of a message later is an event of its own, which follows it. What was taken back is not kept
 * for those who are behind: they get it from the sync, which shows nothing of it. Nobody says here what is erased, so
 * nothing is kept for longer than a minute.
 *
 * <p>Each conversation has a window of consecutive messages, bounded in count and bytes, guarded by its own lock; the
 * conversation that was not looked at for longest loses its window when there are too many bytes in all.
 */
final class RecentMessages implements RecentSource {
    /** More than this behind the head is a matter for the sync. */
    static final int MAX_MESSAGES = 64;

    private static final int MAX_WINDOW_BYTES = 256 * 1024;
    private static final Duration KEEP = Duration.ofMinutes(1);
    /** What a message costs besides its payload. */
    private static final int MESSAGE_BYTES = 400;

    private final TimelineStore store;
    private final MessageDecoder decoder;
    private final Duration requestTimeout;
    private final LongSupplier nanos;
    private final Cache<TimelineId, Window> windows;

    /** @param readNanos when it came here */
    private record Recent(MessageView view, long readNanos) {
        long seq() {
            return view.entry().seq().value();
        }
    }

    private static final class Window {
        private List<Recent> messages = List.of();
        /** The last one that was read, whether or not it is still kept. */
        private @Nullable Entry last;

        private long wanted;
        private @Nullable CompletableFuture<Void> reading;
    }

    /**
     * Nothing is kept yet.
     *
     * @param maxBytes of all windows together; may be passed by what is being read
     * @param nanos elapsed time
     */
    RecentMessages(
            TimelineStore store, MessageDecoder decoder, Duration requestTimeout, long maxBytes, LongSupplier nanos) {
        this.store = store;
        this.decoder = decoder;
        this.requestTimeout = requestTimeout;
        this.nanos = nanos;
        // Windows change after they were weighed, so all of them count as full.
        this.windows = CacheBuilder.newBuilder()
                .maximumSize(Math.max(1, maxBytes / MAX_WINDOW_BYTES))
                .build();
    }

    /**
     * Reads what is missing up to {@code last}; who comes meanwhile waits for the same read. A failure is no harm: the
     * window then does not reach so far.
     */
    CompletableFuture<Void> extend(TimelineId conversation, SequenceId last) {
        Window window = windows.asMap().computeIfAbsent(conversation, id -> new Window());
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (window) {
            window.wanted = Math.max(window.wanted, last.value());
            if (through(window) >= last.value()) {
                return CompletableFuture.completedFuture(null);
            }
            if (window.reading != null) {
                // The read under way goes on for what came after it had begun.
                return window.reading;
            }
            window.reading = mine;
        }
        Flow.listen(Flow.repeat(() -> readOn(conversation, window)), (done, failure) -> {
            if (failure != null) {
                synchronized (window) {
                    window.reading = null;
                }
            }
            mine.complete(null);
        });
        return mine;
    }

    /** Reads once; whether there is more that somebody wants. */
    private CompletableFuture<Boolean> readOn(TimelineId conversation, Window window) {
        long from;
        long wanted;
        synchronized (window) {
            from = nextToRead(window);
            wanted = window.wanted;
        }
        return read(conversation, from, SequenceId.of(wanted)).thenApply(page -> {
            synchronized (window) {
                append(window, page);
                boolean more = !page.entries().isEmpty() && through(window) < window.wanted;
                if (!more) {
                    // With the look at what is wanted: who comes later reads himself.
                    window.reading = null;
                }
                return more;
            }
        });
    }

    private static long through(Window window) {
        return window.last == null ? 0 : window.last.seq().value();
    }

    /** A window that is too far behind begins anew: nobody gets more than {@link #MAX_MESSAGES} from it. */
    private static long nextToRead(Window window) {
        long next = through(window) + 1;
        // With one before, whose running count tells whether the first one counts.
        long oldest = Math.max(1, window.wanted - MAX_MESSAGES);
        if (next < oldest) {
            window.messages = List.of();
            window.last = null;
            return oldest;
        }
        return next;
    }

    private CompletableFuture<TimelinePage> read(TimelineId conversation, long from, SequenceId last) {
        try {
            ReadQuery query =
                    ReadQuery.forward(conversation, from, MAX_MESSAGES + 1).withFloor(last);
            return store.read(query, Deadline.after(requestTimeout));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void append(Window window, TimelinePage page) {
        List<Recent> messages = new ArrayList<>(window.messages);
        long now = nanos.getAsLong();
        for (Entry entry : page.entries()) {
            if (window.last != null && entry.seq().value() != through(window) + 1) {
                messages.clear();
                window.last = null;
            }
            Optional<ConversationEvent> event = decoder.event(entry);
            long before = window.last == null ? countedBefore(entry, page) : window.last.counted();
            if (event.isPresent() || entry.counted() == 0 || before != Gap.UNKNOWN) {
                MessageView view = view(entry, event, before);
                takenBack(view).ifPresent(target -> dropThroughLastOf(target, messages));
                messages.add(new Recent(view, now));
            }
            window.last = entry;
        }
        int first = messages.size();
        int bytes = 0;
        while (first > 0 && messages.size() - first < MAX_MESSAGES) {
            bytes += MESSAGE_BYTES
                    + messages.get(first - 1).view().entry().payload().size();
            if (bytes > MAX_WINDOW_BYTES && first < messages.size()) {
                break;
            }
            first--;
        }
        window.messages = List.copyOf(messages.subList(first, messages.size()));
    }

    private static Optional<SequenceId> takenBack(MessageView view) {
        @Nullable ConversationEvent event = view.event().orElse(null);
        if (event instanceof ConversationEvent.Recalled recalled) {
            return Optional.of(recalled.target());
        }
        return event instanceof ConversationEvent.Deleted deleted ? Optional.of(deleted.target()) : Optional.empty();
    }

    /** The message itself, and the edits of it, which have its content, too. A window has no holes, so those before go. */
    private static void dropThroughLastOf(SequenceId target, List<Recent> messages) {
        int last = messages.size() - 1;
        while (last >= 0 && !isOf(target, messages.get(last).view())) {
            last--;
        }
        messages.subList(0, last + 1).clear();
    }

    private static boolean isOf(SequenceId target, MessageView view) {
        return view.entry().seq().equals(target)
                || view.event().orElse(null) instanceof ConversationEvent.Edited edited
                        && edited.target().equals(target);
    }

    /** Of the first entry of a window: what is gone before it leaves its running count behind. */
    private static long countedBefore(Entry entry, TimelinePage page) {
        SequenceId before = entry.seq().plus(-1);
        return page.gaps().stream()
                .filter(gap -> gap.to().equals(before))
                .mapToLong(Gap::counted)
                .findFirst()
                .orElse(before.isNone() ? 0 : Gap.UNKNOWN);
    }

    /** @param before the running count before it, which tells whether this one counts */
    private static MessageView view(Entry entry, Optional<ConversationEvent> event, long before) {
        boolean notice = event.isEmpty() && (entry.counted() == 0 || entry.counted() == before);
        return new MessageView(entry, Optional.empty(), event, Optional.empty(), false, List.of(), notice);
    }

    /** Lets go of what was read too long ago; to be called now and then. */
    void dropOld() {
        windows.asMap().values().forEach(window -> {
            synchronized (window) {
                window.messages = recentOf(window.messages);
            }
        });
    }

    private List<Recent> recentOf(List<Recent> messages) {
        long now = nanos.getAsLong();
        int first = 0;
        while (first < messages.size() && now - messages.get(first).readNanos() > KEEP.toNanos()) {
            first++;
        }
        return first == 0 ? messages : List.copyOf(messages.subList(first, messages.size()));
    }

    @Override
    public boolean isComing(TimelineId conversation, SequenceId through) {
        @Nullable Window window = windows.getIfPresent(conversation);
        if (window == null) {
            return false;
        }
        synchronized (window) {
            return window.reading != null && window.wanted >= through.value();
        }
    }

    /**
     * The messages after {@code after} as far as the window goes, at most {@value #MAX_MESSAGES}; empty when it does not
     * begin early enough, or ends before {@code through}: then the sync has to read them.
     */
    @Override
    public Optional<List<MessageView>> after(TimelineId conversation, SequenceId after, SequenceId through) {
        @Nullable Window window = windows.getIfPresent(conversation);
        if (window == null) {
            return Optional.empty();
        }
        List<Recent> messages;
        synchronized (window) {
            messages = recentOf(window.messages);
        }
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        long first = messages.get(0).seq();
        long last = messages.get(messages.size() - 1).seq();
        if (after.value() + 1 < first || last < through.value() || after.value() >= last) {
            return Optional.empty();
        }
        return Optional.of(messages.subList((int) (after.value() + 1 - first), messages.size()).stream()
                .map(Recent::view)
                .toList());
    }
}
