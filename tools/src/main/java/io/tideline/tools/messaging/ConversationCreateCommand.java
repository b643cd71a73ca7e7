package io.tideline.tools.messaging;

import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Creates a conversation, or finds the one there is. */
@Command(
        name = "create",
        description = "Creates a conversation with its first members, or finds the one there is.",
        footer = {
            "  tideline conversations create --as alice --members bob,carol --attribute title=Lunch",
            "  tideline conversations create --as alice --kind direct --members bob",
            "  tideline conversations create --as shop --kind contextual --members bob --context order-77",
            "  tideline conversations create --as news --kind channel --members-file followers.txt",
            "  tideline conversations create --as alice --members bob --request-id lunch-1",
            "",
            "There is one direct conversation between two users, one contextual one for its",
            "members and context, and one for a request id of a creator."
        })
public final class ConversationCreateCommand extends ServerCommand {
    /** Kinds as they are written. */
    enum Kind {
        DIRECT(ConversationKind.DIRECT),
        GROUP(ConversationKind.GROUP),
        CHANNEL(ConversationKind.CHANNEL),
        CONTEXTUAL(ConversationKind.CONTEXTUAL);

        private final ConversationKind wire;

        Kind(ConversationKind wire) {
            this.wire = wire;
        }
    }

    /** What one request of AddMembers takes, and nearly what one that creates does. */
    private static final int MEMBERS_AT_ONCE = 10_000;

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who creates it, and owns it.")
    private String creator = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "group",
            description = "direct, group, channel or contextual (default: ${DEFAULT-VALUE}).")
    private Kind kind = Kind.GROUP;

    @Option(names = "--members", paramLabel = "USER", split = ",", description = "Besides the creator.")
    private List<String> members = List.of();

    @Option(names = "--members-file", paramLabel = "FILE", description = "One a line, in addition.")
    private @Nullable Path membersFile;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            defaultValue = "auto",
            description = "How messages reach members: read, write or auto (default: ${DEFAULT-VALUE}).")
    private Policy policy = Policy.AUTO;

    @Option(names = "--history-visible", description = "Members see what was sent before they joined.")
    private boolean historyVisible;

    @Option(names = "--attribute", paramLabel = "NAME=VALUE", description = "May be repeated.")
    private Map<String, String> attributes = Map.of();

    @Option(names = "--context", paramLabel = "TEXT", description = "Of a contextual one: what it is about.")
    private String context = "";

    @Option(names = "--request-id", paramLabel = "ID", description = "Makes a repeat find the same one.")
    private String requestId = "";

    /** Policies as they are written. */
    enum Policy {
        READ(DiffusionPolicy.DIFFUSION_READ),
        WRITE(DiffusionPolicy.DIFFUSION_WRITE),
        AUTO(DiffusionPolicy.DIFFUSION_AUTO);

        private final DiffusionPolicy wire;

        Policy(DiffusionPolicy wire) {
            this.wire = wire;
        }

        DiffusionPolicy wire() {
            return wire;
        }
    }

    @Override
    public Integer call() throws IOException {
        List<String> all = new ArrayList<>(allMembers());
        int first = Math.min(all.size(), MEMBERS_AT_ONCE);
        CreateConversationRequest request = CreateConversationRequest.newBuilder()
                .setApp(app.app())
                .setCreator(creator)
                .setKind(kind.wire)
                .addAllMembers(all.subList(0, first))
                .setPolicy(policy.wire())
                .setHistoryVisible(historyVisible)
                .putAllAttributes(attributes)
                .setContext(context)
                .setRequestId(requestId)
                .build();
        try (TidelineClient client = connection.open()) {
            MessagingClient messaging = client.messaging();
            CreateConversationResponse created = connection.await(messaging.createConversation(request));
            Conversation conversation = created.getConversation();
            for (int from = first; from < all.size(); from += MEMBERS_AT_ONCE) {
                List<String> some = all.subList(from, Math.min(all.size(), from + MEMBERS_AT_ONCE));
                conversation = connection.await(messaging.addMembers(add(conversation.getId(), some)));
            }
            output.document().print(MessagingFields.of(conversation).put("existed", created.getExisted()));
        }
        return ExitCode.OK;
    }

    private Set<String> allMembers() throws IOException {
        Set<String> all = new LinkedHashSet<>(members);
        if (membersFile != null) {
            for (String line : Files.readAllLines(membersFile, StandardCharsets.UTF_8)) {
                if (!line.isBlank()) {
                    all.add(line.strip());
                }
            }
        }
        all.remove(creator);
        return all;
    }

    private AddMembersRequest add(String conversationId, List<String> some) {
        return AddMembersRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(creator)
                .addAllMembers(some)
                .build();
    }
}
