export const generateAnswer = async (o: any): Promise<any> => o
