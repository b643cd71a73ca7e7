package io.tideline.tools.history;

import com.google.protobuf.Timestamp;
import io.tideline.api.v1.CountMessagesRequest;
import io.tideline.api.v1.CountMessagesResponse;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.GetContextRequest;
import io.tideline.api.v1.GetContextResponse;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.SeekTimeRequest;
import io.tideline.api.v1.SeekTimeResponse;
import io.tideline.client.HistoryClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.messaging.MessageOutput;
import io.tideline.tools.output.Fields;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a piece of a conversation's history. */
@Command(
        name = "history",
        description = {
            "Reads a piece of a conversation's history, from whatever tier: the newest messages,",
            "those before or after a seq, from a time on, or around a message."
        },
        footer = {
            "  tideline history 1k3v9m2x0w8 --user bob",
            "  tideline history 1k3v9m2x0w8 --all --before 4711 --limit 50",
            "  tideline history 1k3v9m2x0w8 --all --at 2024-03-01T08:00:00Z",
            "  tideline history 1k3v9m2x0w8 --user bob --context 4711 -o jsonl",
            "  tideline history 1k3v9m2x0w8 --all --count --from 2024-01-01 --until 2025-01-01",
            "",
            "Always in the order of seqs. A time is an instant or a day (UTC)."
        })
public final class HistoryCommand extends ServerCommand {
    private static final int MAX_LIMIT = 1_000;

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Option(names = "--user", paramLabel = "USER", description = "Who looks: a member, present or former.")
    private String user = "";

    @Option(names = "--all", description = "Everything, as back ends and operators see it.")
    private boolean all;

    @Option(names = "--before", paramLabel = "SEQ", description = "What stands before this seq.")
    private @Nullable Long before;

    @Option(names = "--after", paramLabel = "SEQ", description = "What stands behind this seq.")
    private @Nullable Long after;

    @Option(names = "--at", paramLabel = "TIME", description = "From the first message at or after this time.")
    private @Nullable String at;

    @Option(names = "--context", paramLabel = "SEQ", description = "This message in the middle of the others.")
    private @Nullable Long context;

    @Option(names = "--count", description = "Counts messages instead, between --from and --until.")
    private boolean count;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "With --count: from this time on (default: the first).")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "TIME", description = "With --count: before this time (default: all).")
    private @Nullable String until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Entries, 1 to 1,000 (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Override
    public Integer call() {
        common.require(user.isEmpty() == all, "expected: --user or --all, and not both");
        common.require(limit >= 1 && limit <= MAX_LIMIT, "--limit: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
        long places = Stream.of(before != null, after != null, at != null, context != null, count)
                .filter(given -> given)
                .count();
        common.require(places <= 1, "expected: at most one of --before, --after, --at, --context and --count");
        common.require(count || from == null && until == null, "--from and --until: only with --count");
        try (TidelineClient client = connection.open()) {
            HistoryClient history = client.history();
            if (count) {
                count(history);
            } else if (context != null) {
                aroundOne(history, context);
            } else {
                page(history);
            }
        }
        return ExitCode.OK;
    }

    private void count(HistoryClient history) {
        CountMessagesRequest.Builder request = CountMessagesRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(user);
        if (from == null && until == null) {
            request.setSeqs(CountMessagesRequest.SeqRange.getDefaultInstance());
        } else {
            CountMessagesRequest.TimeRange.Builder times = CountMessagesRequest.TimeRange.newBuilder()
                    .setFrom(from == null ? Timestamp.getDefaultInstance() : time("--from", from));
            if (until != null) {
                times.setBefore(time("--until", until));
            }
            request.setTimes(times);
        }
        CountMessagesResponse found = connection.await(history.countMessages(request.build()));
        output.document()
                .print(new Fields()
                        .put("messages", found.getMessages())
                        .put("entries", found.getEntries())
                        .put("fromSeq", found.getFromSeq())
                        .put("toSeq", found.getToSeq())
                        .put("exact", found.getExact()));
    }

    private Timestamp time(String option, String text) {
        try {
            Instant instant = text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            return Timestamp.newBuilder()
                    .setSeconds(instant.getEpochSecond())
                    .setNanos(instant.getNano())
                    .build();
        } catch (DateTimeParseException e) {
            common.require(false, option + ": " + text + " (expected: e.g. 2024-03-01 or 2024-03-01T08:00:00Z)");
            throw e;
        }
    }

    private void aroundOne(HistoryClient history, long seq) {
        GetContextResponse found = connection.await(history.getContext(GetContextRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(user)
                .setSeq(seq)
                .setBefore(limit / 2)
                .setAfter((limit - 1) / 2)
                .build()));
        print(found.getMessagesList(), found.getGapsList());
    }

    private void page(HistoryClient history) {
        boolean backward = after == null && at == null;
        ListMessagesRequest.Builder request = ListMessagesRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(user)
                .setPageSize(limit)
                .setDirection(backward ? Direction.BACKWARD : Direction.FORWARD);
        if (before != null) {
            if (before <= 1) {
                print(List.of(), List.of());
                return;
            }
            request.setFromSeq(before - 1);
        } else if (after != null) {
            request.setFromSeq(after + 1);
        } else if (at != null) {
            SeekTimeResponse found = connection.await(history.seekTime(SeekTimeRequest.newBuilder()
                    .setApp(app.app())
                    .setConversationId(conversationId)
                    .setUser(user)
                    .setTime(time("--at", at))
                    .build()));
            if (!found.hasSeq()) {
                print(List.of(), List.of());
                return;
            }
            request.setFromSeq(found.getSeq());
        }
        ListMessagesResponse page = connection.await(history.getHistory(request.build()));
        List<Message> messages = new ArrayList<>(page.getMessagesList());
        if (backward) {
            Collections.reverse(messages);
        }
        print(messages, page.getGapsList());
    }

    private void print(List<Message> messages, List<MessageGap> gaps) {
        MessageOutput printer = new MessageOutput(output);
        gaps.forEach(printer::gap);
        messages.forEach(printer::message);
        printer.end();
    }
}
