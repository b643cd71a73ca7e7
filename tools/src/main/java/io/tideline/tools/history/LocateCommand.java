package io.tideline.tools.history;

import io.tideline.api.v1.LocateRequest;
import io.tideline.api.v1.LocateResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Fields;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says where an entry lies. */
@Command(
        name = "locate",
        description = "Says in which tier an entry lies, and in which region or file. For operators.",
        footer = {
            "  tideline locate 1k3v9m2x0w8 4711",
            "  tideline locate 1k3v9m2x0w8 --message-id 325892734893824",
            "  tideline locate shop/inbox/alice 12 -o json"
        })
public final class LocateCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "TIMELINE", description = "app/family/id, or the id of a conversation.")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "SEQ", description = "The entry's place.")
    private @Nullable Long seq;

    @Option(names = "--message-id", paramLabel = "ID", description = "The message's id, instead of its seq.")
    private @Nullable Long messageId;

    @Override
    public Integer call() {
        common.require((seq == null) != (messageId == null), "expected: SEQ or --message-id, and not both");
        LocateRequest.Builder request = LocateRequest.newBuilder().setTimeline(timelines.timeline(name));
        if (seq != null) {
            request.setSeq(seq);
        }
        if (messageId != null) {
            request.setMessageId(messageId);
        }
        try (TidelineClient client = connection.open()) {
            LocateResponse found = connection.await(client.history().locate(request.build()));
            output.document().print(fields(found));
        }
        return ExitCode.OK;
    }

    private static Fields fields(LocateResponse found) {
        return new Fields()
                .put("seq", found.getSeq())
                .put("tier", found.getPlace().name().toLowerCase(Locale.ROOT))
                .put("erased", found.getErased())
                .put("expiredThroughSeq", found.getExpiredThroughSeq())
                .put("coldThroughSeq", found.getColdThroughSeq())
                .put("warmThroughSeq", found.getWarmThroughSeq())
                .put("lastSeq", found.getLastSeq())
                .put("details", found.getDetailsMap().isEmpty() ? null : new TreeMap<>(found.getDetailsMap()));
    }
}
