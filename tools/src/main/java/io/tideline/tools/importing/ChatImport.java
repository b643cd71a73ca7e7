package io.tideline.tools.importing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineClient;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatLogReader;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Brings a chat log into timelines: once, in the order of the file, whatever is killed meanwhile. For one run. */
public final class ChatImport {
    /** Read ahead of the acknowledgements: enough to fill the next requests, small beside the heap. */
    private static final int WINDOW_BATCHES = 4;

    private static final long WINDOW_BYTES = 8L << 20;

    private final TidelineClient client;
    private final ImportSettings settings;
    private final ImportCounters counters;
    private final LongSupplier nanos;
    private final InFlightWindow window;
    private final ResumeSearch resumeSearch;
    private final Map<String, ImportTarget> targets = new LinkedHashMap<>();

    /** @param nanos elapsed time, such as {@code System::nanoTime} */
    public ChatImport(TidelineClient client, ImportSettings settings, ImportCounters counters, LongSupplier nanos) {
        this.client = client;
        this.settings = settings;
        this.counters = counters;
        this.nanos = nanos;
        this.window = new InFlightWindow(settings.batch() * WINDOW_BATCHES, WINDOW_BYTES);
        this.resumeSearch = new ResumeSearch(client, settings.ids(), settings.patience());
    }

    /**
     * Imports everything that is not there yet; returns when all of it is acknowledged.
     *
     * @throws ImportRefusedException when the file, or what is there, does not let it go on
     * @throws io.tideline.client.TidelineCallException when the server refuses or stays away
     * @throws TimeoutException when nothing was acknowledged for the patience of the settings
     */
    public ImportSummary run(ChatLogReader log) throws IOException, InterruptedException, TimeoutException {
        long begin = nanos.getAsLong();
        for (Optional<ChatEvent> event = log.next(); event.isPresent(); event = log.next()) {
            take(event.get());
            counters.lines.set(log.line());
            counters.bytesRead.set(log.bytesRead());
        }
        window.awaitEmpty(settings.patience());
        targets.values().forEach(ImportTarget::requireRecognised);
        return summary(Duration.ofNanos(nanos.getAsLong() - begin));
    }

    private void take(ChatEvent event) throws InterruptedException, TimeoutException {
        if (!settings.kinds().contains(event.kind())) {
            counters.otherKinds.incrementAndGet();
            return;
        }
        if (event.text().isEmpty()) {
            // Somebody did say nothing: without the empty message the history would be short of one.
            counters.withoutText.incrementAndGet();
        }
        ByteString payload = utf8(event);
        if (payload.size() > Payload.MAX_BYTES) {
            if (!settings.skipOversized()) {
                throw ImportRefusedException.atLine(
                        event.line(),
                        "text of " + payload.size() + " bytes (expected: 0.." + Payload.MAX_BYTES
                                + "); --skip-oversized leaves such lines out");
            }
            counters.oversized.incrementAndGet();
            return;
        }
        counters.messages.incrementAndGet();
        ImportTarget target = target(event);
        if (target.holds(event.line(), event.nick(), payload)) {
            counters.alreadyThere.incrementAndGet();
            return;
        }
        NewEntry entry = entry(event, payload);
        window.enter(payload.size(), settings.patience());
        target.lane().add(entry);
    }

    private ImportTarget target(ChatEvent event) {
        // One timeline for all channels has one target, whatever the channels are called.
        String key = settings.timeline() != null ? "" : event.channel();
        ImportTarget known = targets.get(key);
        if (known != null) {
            return known;
        }
        TimelineName timeline = timeline(event);
        ResumePoint resume = resumeSearch.find(timeline);
        ImportLane lane = new ImportLane(timeline, settings.batch(), resume.seq(), client::append, window, counters);
        ImportTarget target = new ImportTarget(resume, lane);
        targets.put(key, target);
        return target;
    }

    private TimelineName timeline(ChatEvent event) {
        TimelineName given = settings.timeline();
        if (given != null) {
            return given;
        }
        try {
            TimelineId valid = TimelineId.conversation(settings.app(), event.channel());
            return TimelineName.newBuilder()
                    .setApp(valid.app().value())
                    .setFamily(TimelineFamily.CONVERSATION)
                    .setId(valid.name())
                    .build();
        } catch (IllegalArgumentException invalid) {
            throw ImportRefusedException.atLine(event.line(), "channel: " + invalid.getMessage());
        }
    }

    private NewEntry entry(ChatEvent event, ByteString payload) {
        try {
            NewEntry.Builder entry = NewEntry.newBuilder()
                    .setSender(new SenderId(event.nick()).value())
                    .setClientMessageId(settings.ids().ofLine(event.line()))
                    .setKind("text")
                    .setPayload(payload);
            if (settings.originalTimes()) {
                entry.setOriginalTime(time(event));
            }
            return entry.build();
        } catch (IllegalArgumentException invalid) {
            throw ImportRefusedException.atLine(event.line(), "nick: " + invalid.getMessage());
        }
    }

    private static Timestamp time(ChatEvent event) {
        try {
            Instant time = OffsetDateTime.parse(event.time()).toInstant();
            return Timestamp.newBuilder()
                    .setSeconds(time.getEpochSecond())
                    .setNanos(time.getNano())
                    .build();
        } catch (DateTimeParseException invalid) {
            throw ImportRefusedException.atLine(event.line(), "ts: no time (expected: such as 2006-06-08T06:18:00Z)");
        }
    }

    /** The text of an event. @throws ImportRefusedException when it is none */
    static ByteString utf8(ChatEvent event) {
        try {
            // Not String.getBytes: it would silently replace half of a surrogate pair, and another text be stored.
            return ByteString.copyFrom(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(event.text())));
        } catch (CharacterCodingException unpaired) {
            throw ImportRefusedException.atLine(event.line(), "text with an unpaired surrogate");
        }
    }

    private ImportSummary summary(Duration elapsed) {
        Map<TimelineName, Long> heads = new LinkedHashMap<>();
        targets.values()
                .forEach(target ->
                        heads.put(target.lane().timeline(), target.lane().lastSeq()));
        return new ImportSummary(
                counters.lines.get(),
                counters.messages.get(),
                counters.appended.get(),
                counters.alreadyThere.get(),
                counters.otherKinds.get(),
                counters.withoutText.get(),
                counters.oversized.get(),
                heads,
                elapsed);
    }
}
