package io.tideline.tools.messaging;

import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.Message;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;

/** The messaging API's answers as records, for commands of other packages. */
public final class MessagingRecords {
    private MessagingRecords() {}

    /** A message as this format shows it. */
    public static Fields message(Message message, OutputFormat format) {
        return format == OutputFormat.table ? MessagingFields.forPeople(message) : MessagingFields.of(message);
    }

    public static Fields conversation(Conversation conversation) {
        return MessagingFields.of(conversation);
    }

    public static Fields member(Member member) {
        return MessagingFields.of(member);
    }
}
