export const openStore = async (o: unknown): Promise<any> => o
