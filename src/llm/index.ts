export const languageModelFrom = async (o: unknown): Promise<any> => o
