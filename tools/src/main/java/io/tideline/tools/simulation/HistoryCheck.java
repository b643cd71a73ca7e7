package io.tideline.tools.simulation;

import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.ReactionCount;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads groups as their owner does, and compares each message with what was planned: its state, text and reactions. */
final class HistoryCheck {
    private static final int PAGE = 1_000;

    private final Calls calls;
    private final Findings findings;

    HistoryCheck(Calls calls, Findings findings) {
        this.calls = calls;
        this.findings = findings;
    }

    void verify(PlannedGroup group) {
        int index = 0;
        String token = "";
        do {
            ListMessagesResponse page = calls.await(calls.client().listMessages(request(group, token)));
            for (Message message : page.getMessagesList()) {
                if (message.getSeq() != group.seq(index) || index >= group.size()) {
                    findings.violation("history: another seq than " + group.seq(index) + ": " + message.getSeq());
                    return;
                }
                verify(group, index, message);
                index++;
            }
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        if (index != group.size()) {
            findings.violation("history: ends before " + group.seq(index));
        }
        findings.count("histories compared");
    }

    private ListMessagesRequest request(PlannedGroup group, String token) {
        return ListMessagesRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setUser(PlannedGroup.OWNER)
                .setFromSeq(group.seq(0))
                .setPageSize(PAGE)
                .setPageToken(token)
                .build();
    }

    private void verify(PlannedGroup group, int index, Message message) {
        if (!(group.entry(index) instanceof PlannedStep.Say)) {
            return;
        }
        MessageState state = group.finalState(index);
        if (message.getState() != state || !message.getPayload().toStringUtf8().equals(group.text(index, state))) {
            findings.violation("history: not as it is now (" + state + "): " + message.getSeq());
        }
        if (state != MessageState.RECALLED && !reactions(message).equals(group.reactions(index))) {
            findings.violation("history: other reactions: " + message.getSeq());
        }
    }

    /** Groups are small enough for everybody to be named, up to 20 for a reaction. */
    private static Map<String, Set<String>> reactions(Message message) {
        Map<String, Set<String>> found = new HashMap<>();
        for (ReactionCount one : message.getReactionsList()) {
            found.put(one.getReaction(), new HashSet<>(one.getUsersList()));
        }
        return found;
    }
}
