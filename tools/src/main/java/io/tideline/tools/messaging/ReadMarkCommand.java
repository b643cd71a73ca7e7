package io.tideline.tools.messaging;

import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.UpdateUserConversationRequest;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Marks a conversation as read, as unread, as muted. */
@Command(
        name = "read-mark",
        description = "Marks a conversation as read for a user; a farther mark stays.",
        footer = {
            "  tideline read-mark 1k3v9m2x0w8 17 --as bob",
            "  tideline read-mark 1k3v9m2x0w8 --all --as bob",
            "  tideline read-mark 1k3v9m2x0w8 17 --personal 2 --as bob",
            "  tideline read-mark 1k3v9m2x0w8 --unread --as bob",
            "  tideline read-mark 1k3v9m2x0w8 --mute --as bob"
        })
public final class ReadMarkCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "SEQ", description = "Up to here.")
    private @Nullable Long seq;

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who has read.")
    private String user = "";

    @Option(names = "--all", description = "Everything, personal messages included.")
    private boolean all;

    @Option(names = "--personal", paramLabel = "SEQ", description = "Personal messages up to this personal seq.")
    private long personalSeq;

    @Option(names = "--unread", description = "Marks it as unread instead, until the next mark.")
    private boolean markUnread;

    @Option(names = "--mute", negatable = true, description = "Mutes it, or not any more.")
    private @Nullable Boolean muted;

    @Override
    public Integer call() {
        boolean marks = seq != null || personalSeq > 0;
        common.require(seq == null || seq >= 1, "SEQ: " + seq + " (expected: 1 or more)");
        common.require(!all || !marks, "--all, or a seq");
        common.require(all || marks || markUnread || muted != null, "a seq, --all, --unread or --mute?");
        common.require(!markUnread || !all && !marks, "--unread goes alone: marking as read clears it");
        try (TidelineClient client = connection.open()) {
            MessagingClient messaging = client.messaging();
            ConversationUnread after = ConversationUnread.getDefaultInstance();
            if (all || marks) {
                after = connection.await(messaging.markRead(MarkReadRequest.newBuilder()
                        .setApp(app.app())
                        .setUser(user)
                        .setConversationId(conversationId)
                        .setSeq(seq == null ? 0 : seq)
                        .setPersonalSeq(personalSeq)
                        .build()));
            }
            if (markUnread || muted != null) {
                after = connection.await(messaging.updateUserConversation(settings()));
            }
            output.document().print(MessagingFields.of(after));
        }
        return ExitCode.OK;
    }

    private UpdateUserConversationRequest settings() {
        UpdateUserConversationRequest.Builder request = UpdateUserConversationRequest.newBuilder()
                .setApp(app.app())
                .setUser(user)
                .setConversationId(conversationId);
        if (markUnread) {
            request.setMarkedUnread(true);
        }
        if (muted != null) {
            request.setMuted(muted);
        }
        return request.build();
    }
}
