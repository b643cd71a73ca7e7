package io.tideline.tools.bench;

import io.tideline.core.timeline.NewEntry;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatLogReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What is said in the benchmarks of tiers: messages of a chat log, in their order and again from its begin, or made up. */
final class TierText {
    private static final Instant BEGIN = Instant.parse("2015-01-01T00:00:00Z");
    private static final int MOST = 300_000;

    private record Message(String sender, String text) {}

    private final List<Message> messages;
    private final boolean real;
    private final Instant begin;
    private int next;

    private TierText(List<Message> messages, boolean real, Instant begin) {
        this.messages = messages;
        this.real = real;
        this.begin = begin;
    }

    static TierText of(@Nullable Path chatLog) throws IOException {
        List<Message> messages = new ArrayList<>();
        if (chatLog == null) {
            SplittableRandom random = new SplittableRandom(5);
            for (int i = 0; i < MOST; i++) {
                messages.add(new Message("user" + random.nextInt(20_000), Vocabulary.message(random)));
            }
            return new TierText(messages, false, BEGIN);
        }
        try (ChatLogReader log = ChatLogReader.open(chatLog)) {
            for (Optional<ChatEvent> event = log.next(); event.isPresent(); event = log.next()) {
                if (event.get().kind().equals("message") && messages.size() < MOST) {
                    messages.add(new Message(event.get().nick(), event.get().text()));
                }
            }
        }
        if (messages.isEmpty()) {
            throw new BenchFailedException("no messages in " + chatLog);
        }
        return new TierText(messages, true, BEGIN);
    }

    boolean isReal() {
        return real;
    }

    /** The same, but said in the last day and after it. */
    TierText recent() {
        return new TierText(messages, real, Instant.now().minus(Duration.ofDays(1)));
    }

    /** One that is said now. Thread safe. */
    List<NewEntry> now(SplittableRandom random) {
        Message message = messages.get(random.nextInt(messages.size()));
        String id = Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX);
        return List.of(NewEntry.text(message.sender(), id, message.text()));
    }

    /** The next ones, as entries of one timeline, half a minute apart. */
    List<NewEntry> take(long firstSeq, int count) {
        List<NewEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Message message = messages.get(next++ % messages.size());
            entries.add(
                    NewEntry.text(message.sender(), Long.toString(firstSeq + i, Character.MAX_RADIX), message.text())
                            .withOriginalTime(begin.plus(Duration.ofSeconds(30 * (firstSeq + i)))));
        }
        return entries;
    }
}
