package io.tideline.tools.bench;

import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Conversations with messages: few have many.
 *
 * @param app of all
 * @param name their names begin with it
 * @param sizes how many messages each has, 1 or more
 */
record Histories(String app, String name, List<Integer> sizes) {
    private static final int CONVERSATIONS = 2000;
    private static final int BATCH = 500;
    private static final int IN_FLIGHT = 16;

    /** Is told what is written, in the order of each conversation. */
    interface Listener {
        void written(TimelineId timeline, long after, List<NewEntry> entries);
    }

    Histories {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(name, "name");
        sizes = List.copyOf(sizes);
    }

    /** About so many messages, ten a conversation or more. */
    static Histories of(String app, String name, int messages) {
        int conversations = Math.max(1, Math.min(CONVERSATIONS, messages / 10));
        double harmonic = 0;
        for (int i = 1; i <= conversations; i++) {
            harmonic += 1.0 / i;
        }
        List<Integer> sizes = new ArrayList<>(conversations);
        for (int i = 0; i < conversations; i++) {
            sizes.add(Math.max(1, (int) (messages / harmonic / (i + 1))));
        }
        return new Histories(app, name, sizes);
    }

    int count() {
        return sizes.size();
    }

    TimelineId timeline(int i) {
        return TimelineId.conversation(app, name + "-" + i);
    }

    long messages() {
        return sizes.stream().mapToLong(Integer::longValue).sum();
    }

    void write(TierStorage storage, TierText text, Listener listener) {
        List<CompletableFuture<?>> open = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            for (int from = 0; from < sizes.get(i); from += BATCH) {
                List<NewEntry> entries = text.take(from + 1L, Math.min(BATCH, sizes.get(i) - from));
                listener.written(timeline(i), from, entries);
                open.add(storage.append(timeline(i), entries));
                if (open.size() == IN_FLIGHT) {
                    open.forEach(TidelineLoad::await);
                    open.clear();
                }
            }
        }
        open.forEach(TidelineLoad::await);
    }
}
