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
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.RecentSource;
import io.tideline.sync.internal.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of the conversations that somebody follows here, as they were when they were sent: one read serves
 * all devices. What becomes of a message later is an event of its own, which follows it.
 *
 * <p>Each conversation has a window of consecutive messages, bounded in count and bytes, guarded by its own lock; the
 * conversation that was not looked at for longest loses its window when there are too many bytes in all.
 */
final class RecentMessages implements RecentSource {
    /** More than this behind the head is a matter for the sync. */
    static final int MAX_MESSAGES = 64;

    private static final int MAX_WINDOW_BYTES = 256 * 1024;
    /** What a message costs besides its payload. */
    private static final int MESSAGE_BYTES = 400;

    private final TimelineStore store;
    private final MessageDecoder decoder;
    private final Duration requestTimeout;
    private final Cache<TimelineId, Window> windows;

    private static final class Window {
        private List<MessageView> messages = List.of();
        private long wanted;
        private @Nullable CompletableFuture<Void> reading;
    }

    /** @param maxBytes of all windows together; may be passed by what is being read */
    RecentMessages(TimelineStore store, MessageDecoder decoder, Duration requestTimeout, long maxBytes) {
        this.store = store;
        this.decoder = decoder;
        this.requestTimeout = requestTimeout;
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
        long from;
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
            from = nextToRead(window);
        }
        Flow.listen(read(conversation, from, last), (page, failure) -> {
            boolean more;
            synchronized (window) {
                if (page != null) {
                    append(window, page.entries());
                }
                more = page != null && !page.entries().isEmpty() && through(window) < window.wanted;
                window.reading = null;
            }
            Flow.listen(
                    more ? extend(conversation, last) : CompletableFuture.completedFuture(null),
                    (extended, neverFails) -> mine.complete(null));
        });
        return mine;
    }

    private static long through(Window window) {
        List<MessageView> messages = window.messages;
        return messages.isEmpty()
                ? 0
                : messages.get(messages.size() - 1).entry().seq().value();
    }

    /** A window that is too far behind begins anew: nobody gets more than {@link #MAX_MESSAGES} from it. */
    private static long nextToRead(Window window) {
        long next = through(window) + 1;
        long oldest = Math.max(1, window.wanted - MAX_MESSAGES + 1);
        if (next < oldest) {
            window.messages = List.of();
            return oldest;
        }
        return next;
    }

    private CompletableFuture<TimelinePage> read(TimelineId conversation, long from, SequenceId last) {
        try {
            ReadQuery query =
                    ReadQuery.forward(conversation, from, MAX_MESSAGES).withFloor(last);
            return store.read(query, Deadline.after(requestTimeout));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void append(Window window, List<Entry> entries) {
        List<MessageView> messages = new ArrayList<>(window.messages);
        for (Entry entry : entries) {
            long before = messages.isEmpty()
                    ? entry.seq().value() - 1
                    : messages.get(messages.size() - 1).entry().seq().value();
            if (entry.seq().value() != before + 1) {
                messages.clear();
            }
            messages.add(view(entry, messages));
        }
        int first = messages.size();
        int bytes = 0;
        while (first > 0 && messages.size() - first < MAX_MESSAGES) {
            bytes += MESSAGE_BYTES + messages.get(first - 1).entry().payload().size();
            if (bytes > MAX_WINDOW_BYTES && first < messages.size()) {
                break;
            }
            first--;
        }
        window.messages = List.copyOf(messages.subList(first, messages.size()));
    }

    /** @param before the messages up to the one before it, if they are known: its count tells whether this one counts */
    private MessageView view(Entry entry, List<MessageView> before) {
        Optional<ConversationEvent> event = decoder.event(entry);
        long countBefore =
                before.isEmpty() ? -1 : before.get(before.size() - 1).entry().counted();
        boolean notice = event.isEmpty() && (entry.counted() == 0 || entry.counted() == countBefore);
        return new MessageView(entry, Optional.empty(), event, Optional.empty(), false, List.of(), notice);
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
        List<MessageView> messages;
        synchronized (window) {
            messages = window.messages;
        }
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        long first = messages.get(0).entry().seq().value();
        long last = messages.get(messages.size() - 1).entry().seq().value();
        if (after.value() + 1 < first || last < through.value() || after.value() >= last) {
            return Optional.empty();
        }
        return Optional.of(messages.subList((int) (after.value() + 1 - first), messages.size()));
    }
}
